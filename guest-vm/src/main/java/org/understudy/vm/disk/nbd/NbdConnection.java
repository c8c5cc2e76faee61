package org.understudy.vm.disk.nbd;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One client, from its greeting to its end, on a thread of its own. */
final class NbdConnection implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(NbdConnection.class);

  private final SocketChannel socket;
  private final List<ExportSlot> exports;
  private final NbdSettings settings;
  private final NbdCounts counts;

  NbdConnection(
      SocketChannel socket, List<ExportSlot> exports, NbdSettings settings, NbdCounts counts) {
    this.socket = socket;
    this.exports = exports;
    this.settings = settings;
    this.counts = counts;
  }

  @Override
  public void run() {
    NbdChannel channel = new NbdChannel(socket);
    NbdHandshake handshake = new NbdHandshake(channel, exports, settings);
    try (socket) {
      ExportSlot slot = handshake.negotiate();
      if (slot != null) {
        counts.sessions.increment();
        new NbdTransmission(channel, slot.export(), settings.maxRequestBytes()).serve();
      }
    } catch (java.io.EOFException | java.nio.channels.ClosedChannelException e) {
      LOG.debug("an NBD client left without a goodbye");
    } catch (IOException e) {
      counts.broken.increment();
      LOG.info("an NBD connection ended: {}", e.getMessage());
    } catch (RuntimeException | OutOfMemoryError e) {
      counts.failed.increment();
      LOG.error("an NBD connection failed", e);
    } finally {
      if (handshake.chosen() != null) {
        handshake.chosen().giveBack();
      }
    }
  }

  /** No further request is read; the one in work is answered. */
  void finish() {
    try {
      socket.shutdownInput();
    } catch (IOException e) {
      abort();
    }
  }

  void abort() {
    try {
      socket.close();
    } catch (IOException e) {
      LOG.debug("closing an NBD connection: {}", e.getMessage());
    }
  }
}
