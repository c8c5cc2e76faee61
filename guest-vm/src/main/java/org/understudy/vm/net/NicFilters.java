package org.understudy.vm.net;

import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import org.understudy.vm.qemu.VmNic;
import org.understudy.vm.qmp.QmpClient;

/** The two filters of one interface in a running QEMU, and the sockets between them and us. */
final class NicFilters {
  private final QmpClient qmp;
  private final String netdev;
  private final Path directory;
  private final long timeoutNs;
  private final String hold;
  private final String mirror;
  private final String outId;
  private final String inId;
  private final String mirrorId;
  private SocketChannel out;
  private SocketChannel in;
  private SocketChannel copies;

  /** Filters of an interface whose host side has that name. */
  NicFilters(QmpClient qmp, VmNic nic, String netdev, Path directory, long timeoutNs) {
    this.qmp = qmp;
    this.netdev = netdev;
    this.directory = directory;
    this.timeoutNs = timeoutNs;
    hold = "us-hold-" + nic.id();
    mirror = "us-mirror-" + nic.id();
    outId = "us-out-" + nic.id();
    inId = "us-in-" + nic.id();
    mirrorId = "us-copy-" + nic.id();
  }

  /** Frames that the guest sent. */
  SocketChannel out() {
    return out;
  }

  /** Frames that go on to the tap. */
  SocketChannel in() {
    return in;
  }

  /** Copies of frames that came for the guest. */
  SocketChannel copies() {
    return copies;
  }

  /** Makes the sockets, of which nothing comes yet. */
  void connect() {
    removeAll();
    out = QemuSocket.connect(qmp, outId, directory, timeoutNs);
    in = QemuSocket.connect(qmp, inId, directory, timeoutNs);
    copies = QemuSocket.connect(qmp, mirrorId, directory, timeoutNs);
  }

  /** From now on frames come, and must be read. */
  void add() {
    qmp.execute(FilterRequests.mirrorInput(mirror, netdev, mirrorId), timeoutNs);
    qmp.execute(FilterRequests.holdOutput(hold, netdev, outId, inId), timeoutNs);
  }

  /** From now on frames go past; those that were taken out can still be put back. */
  void switchOff() {
    qmp.execute(FilterRequests.status(hold, false), timeoutNs);
    qmp.execute(FilterRequests.status(mirror, false), timeoutNs);
  }

  /** Frames that the guest sends come to us again. */
  void switchOn() {
    qmp.execute(FilterRequests.status(hold, true), timeoutNs);
  }

  /** Removes from QEMU whatever there is of them, leftovers of another node included. */
  void removeAll() {
    FilterRequests.tryTo(qmp, FilterRequests.removeFilter(hold), timeoutNs);
    FilterRequests.tryTo(qmp, FilterRequests.removeFilter(mirror), timeoutNs);
    FilterRequests.tryTo(qmp, FilterRequests.removeSocket(outId), timeoutNs);
    FilterRequests.tryTo(qmp, FilterRequests.removeSocket(inId), timeoutNs);
    FilterRequests.tryTo(qmp, FilterRequests.removeSocket(mirrorId), timeoutNs);
  }

  /** Closes our ends. QEMU drops what the guest sends while the filter is there. */
  void close() {
    QemuSocket.close(out);
    QemuSocket.close(in);
    QemuSocket.close(copies);
  }
}
