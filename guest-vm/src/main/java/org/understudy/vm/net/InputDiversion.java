package org.understudy.vm.net;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.agrona.DirectBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.vm.qemu.VmNic;
import org.understudy.vm.qmp.QmpClient;
import org.understudy.vm.qmp.QmpException;

/**
 * Takes what comes for a guest that is about to move away: a QEMU whose guest is paused reads one
 * frame of its tap and leaves the rest there, where they would end with it. Reads on the network's
 * thread; what was taken is kept, in case the guest stays.
 */
final class InputDiversion {
  private static final Logger LOG = LoggerFactory.getLogger(InputDiversion.class);
  static final int KEPT_BYTES = 8 << 20;

  private final QmpClient qmp;
  private final long timeoutNs;
  private final List<Entry> entries = new ArrayList<>();
  private final InputFrameLog kept = new InputFrameLog(KEPT_BYTES);

  /** One interface's way out. */
  private record Entry(
      String filterId, String socketId, SocketChannel channel, FrameReader reader) {}

  private InputDiversion(QmpClient qmp, long timeoutNs) {
    this.qmp = qmp;
    this.timeoutNs = timeoutNs;
  }

  /** When it returns, no further frame passes to the guest. */
  static InputDiversion start(
      QmpClient qmp,
      List<VmNic> nics,
      Function<VmNic, String> netdevs,
      Path directory,
      long timeoutNs) {
    InputDiversion diversion = new InputDiversion(qmp, timeoutNs);
    try {
      for (VmNic nic : nics) {
        diversion.add(nic, netdevs.apply(nic), directory);
      }
      return diversion;
    } catch (RuntimeException e) {
      diversion.remove();
      throw e;
    }
  }

  private void add(VmNic nic, String netdev, Path directory) {
    String filterId = "us-divert-" + nic.id();
    String socketId = "us-away-" + nic.id();
    FilterRequests.tryTo(qmp, FilterRequests.removeFilter(filterId), timeoutNs);
    FilterRequests.tryTo(qmp, FilterRequests.removeSocket(socketId), timeoutNs);
    SocketChannel channel = QemuSocket.connect(qmp, socketId, directory, timeoutNs);
    int number = entries.size();
    entries.add(new Entry(filterId, socketId, channel, new FrameReader(number, channel)));
    qmp.execute(FilterRequests.divertInput(filterId, netdev, socketId), timeoutNs);
  }

  // ---- on the network's thread

  /** From now on frames are read and given to the sink. */
  void watch(Selector selector, FrameSink sink) throws IOException {
    for (Entry entry : entries) {
      Runnable read = () -> read(entry, sink);
      entry.channel.register(selector, SelectionKey.OP_READ, read);
    }
  }

  /** Reads all that QEMU has written. */
  void readAll(FrameSink sink) {
    for (Entry entry : entries) {
      while (read(entry, sink)) {
        // until nothing waits
      }
    }
  }

  private boolean read(Entry entry, FrameSink sink) {
    try {
      int count =
          entry.reader.read((nic, buffer, offset, length) -> {
            keep(nic, buffer, offset, length);
            sink.onFrame(nic, buffer, offset, length);
          });
      if (count < 0) {
        entry.channel.close(); // QEMU is gone
      }
      return count > 0;
    } catch (IOException e) {
      LOG.warn("frames that came for the paused guest are lost: {}", e.toString());
      QemuSocket.close(entry.channel);
      return false;
    }
  }

  private void keep(int nic, DirectBuffer buffer, int offset, int length) {
    kept.undecided(nic, buffer, offset, length);
  }

  // ---- the guest stays

  /** New frames pass to the guest again; those that were taken away are still missing. */
  void switchOff() {
    for (Entry entry : entries) {
      qmp.execute(FilterRequests.status(entry.filterId, false), timeoutNs);
    }
  }

  /** Gives the guest what was taken away; after the network's thread has read all of it. */
  int giveBack(FrameInjector injector) {
    return kept.replayTo(injector);
  }

  /** Closes our ends; QEMU lets what comes pass again. */
  void close() {
    entries.forEach(entry -> QemuSocket.close(entry.channel));
  }

  void remove() {
    close();
    for (Entry entry : entries) {
      try {
        FilterRequests.tryTo(qmp, FilterRequests.removeFilter(entry.filterId), timeoutNs);
        FilterRequests.tryTo(qmp, FilterRequests.removeSocket(entry.socketId), timeoutNs);
      } catch (QmpException e) {
        LOG.warn("filter {} is left in QEMU: {}", entry.filterId, e.getMessage());
      }
    }
  }
}
