package org.understudy.vm.net;

import java.io.IOException;
import java.nio.ByteBuffer;
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
 * Gives frames to a guest as if they came from its tap. It can be opened while QEMU still waits for
 * the guest's state; frames that are injected before the guest runs reach it when it does. One
 * thread at a time.
 */
public final class FrameInjector implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FrameInjector.class);

  private final QmpClient qmp;
  private final long timeoutNs;
  private final List<Entry> entries = new ArrayList<>();
  private boolean isClosed;

  /** One interface's way in. */
  private record Entry(
      String filterId, String socketId, SocketChannel channel, Selector room, FrameWriter writer) {}

  private FrameInjector(QmpClient qmp, long timeoutNs) {
    this.qmp = qmp;
    this.timeoutNs = timeoutNs;
  }

  /** Puts a filter before each interface of a QEMU that Understudy started. */
  public static FrameInjector open(
      QmpClient qmp, List<VmNic> nics, Path directory, long timeoutNs) {
    return open(qmp, nics, VmNic::netdev, directory, timeoutNs);
  }

  /**
   * Puts a filter before each interface.
   *
   * @param nics as the guest's config has them; their numbers are their places in this list
   * @param netdevs what that QEMU calls their host sides
   * @param directory where socket files are for a moment
   */
  static FrameInjector open(
      QmpClient qmp,
      List<VmNic> nics,
      Function<VmNic, String> netdevs,
      Path directory,
      long timeoutNs) {
    FrameInjector injector = new FrameInjector(qmp, timeoutNs);
    try {
      for (VmNic nic : nics) {
        injector.add(nic, netdevs.apply(nic), directory);
      }
      return injector;
    } catch (IOException | RuntimeException e) {
      injector.remove();
      throw new NetException(
          "frames cannot be given to the guest: "
              + e.getMessage()
              + "; each interface needs a netdev 'net-ID'",
          e);
    }
  }

  private void add(VmNic nic, String netdev, Path directory) throws IOException {
    String filterId = "us-inject-" + nic.id();
    String socketId = "us-replay-" + nic.id();
    FilterRequests.tryTo(qmp, FilterRequests.removeFilter(filterId), timeoutNs);
    FilterRequests.tryTo(qmp, FilterRequests.removeSocket(socketId), timeoutNs);
    Selector room = Selector.open();
    try {
      SocketChannel channel = QemuSocket.connect(qmp, socketId, directory, timeoutNs);
      entries.add(new Entry(filterId, socketId, channel, room, new FrameWriter(channel)));
      channel.register(room, SelectionKey.OP_WRITE);
    } catch (IOException | RuntimeException e) {
      room.close();
      throw e;
    }
    qmp.execute(FilterRequests.inject(filterId, netdev, socketId), timeoutNs);
  }

  /**
   * Gives a frame, vnet header included; waits while QEMU takes no more. False where the interface
   * does not exist, the frame is none, or QEMU took it not in time: then nothing more is taken.
   */
  public boolean inject(int nic, DirectBuffer buffer, int offset, int length) {
    if (isClosed
        || nic < 0
        || nic >= entries.size()
        || length < 1
        || length > Frames.MAX_FRAME_BYTES) {
      return false;
    }
    Entry entry = entries.get(nic);
    try {
      long deadlineNs = System.nanoTime() + timeoutNs;
      while (!entry.writer.offer(buffer, offset, length)) {
        if (!write(entry, deadlineNs)) {
          return false;
        }
      }
      return true;
    } catch (IOException e) {
      LOG.warn("a frame could not be given to the guest: {}", e.toString());
      return false;
    }
  }

  /** Gives to QEMU what was gathered; false where it took not all in time. */
  public boolean flush() {
    try {
      long deadlineNs = System.nanoTime() + timeoutNs;
      for (Entry entry : entries) {
        while (!entry.writer.flush()) {
          if (!write(entry, deadlineNs)) {
            return false;
          }
        }
      }
      return true;
    } catch (IOException e) {
      LOG.warn("frames could not be given to the guest: {}", e.toString());
      return false;
    }
  }

  /** Writes some, waiting until QEMU takes it. */
  private static boolean write(Entry entry, long deadlineNs) throws IOException {
    if (entry.writer.flush()) {
      return true;
    }
    long leftMs = (deadlineNs - System.nanoTime()) / 1_000_000;
    if (leftMs <= 0) {
      return false;
    }
    entry.room.select(leftMs);
    entry.room.selectedKeys().clear();
    return true;
  }

  /** Removes the filters once QEMU has read what was injected; waits for that. */
  @Override
  public void close() {
    if (isClosed) {
      return;
    }
    boolean given = flush();
    isClosed = true;
    if (given) {
      awaitTaken();
    }
    remove();
  }

  /** QEMU closes its end when it has read up to the end of ours. */
  private void awaitTaken() {
    ByteBuffer nothing = ByteBuffer.allocate(1);
    long deadlineNs = System.nanoTime() + timeoutNs;
    for (Entry entry : entries) {
      try {
        entry.channel.shutdownOutput();
        entry.channel.keyFor(entry.room).interestOps(SelectionKey.OP_READ);
        while (entry.channel.read(nothing.clear()) >= 0) {
          long leftMs = (deadlineNs - System.nanoTime()) / 1_000_000;
          if (leftMs <= 0) {
            LOG.warn("QEMU did not read all injected frames in time");
            return;
          }
          entry.room.select(leftMs);
          entry.room.selectedKeys().clear();
        }
      } catch (IOException e) {
        LOG.debug("QEMU closed first: {}", e.toString());
      }
    }
  }

  private void remove() {
    for (Entry entry : entries) {
      QemuSocket.close(entry.channel);
      try {
        entry.room.close();
        FilterRequests.tryTo(qmp, FilterRequests.removeFilter(entry.filterId), timeoutNs);
        FilterRequests.tryTo(qmp, FilterRequests.removeSocket(entry.socketId), timeoutNs);
      } catch (IOException | QmpException e) {
        LOG.warn("filter {} is left in QEMU: {}", entry.filterId, e.toString());
      }
    }
  }
}
