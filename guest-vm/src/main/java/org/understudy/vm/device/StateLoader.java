package org.understudy.vm.device;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.understudy.vm.qmp.QmpClient;
import org.understudy.vm.qmp.QmpRequests;

/**
 * Loads device state into a waiting QEMU whose memory file has the RAM of the same epoch. After it
 * the guest is paused, and nobody else may write its memory any more.
 */
public final class StateLoader {
  private final QmpClient qmp;
  private final GuestEvents events;
  private final Path socket;

  /**
   * Prepares a waiting QEMU.
   *
   * @param events the listener of that connection
   * @param socket on which QEMU is to listen for the state
   */
  public StateLoader(QmpClient qmp, GuestEvents events, Path socket, long timeoutNs) {
    this.qmp = qmp;
    this.events = events;
    this.socket = socket;
    MigrationCapture.setCapabilities(qmp, timeoutNs);
  }

  /**
   * Loads the state; once per QEMU.
   *
   * @throws CaptureException where QEMU does not take it; it has ended then, or is of no use
   */
  public void load(ByteBuffer state, long timeoutNs) {
    long deadlineNs = System.nanoTime() + timeoutNs;
    try {
      Files.deleteIfExists(socket);
      events.beginMigration();
      qmp.execute(new QmpRequests.MigrateIncoming("unix:" + socket), timeoutNs);
      write(state.duplicate());
      events.awaitCompleted(deadlineNs);
    } catch (IOException e) {
      throw new CaptureException("loading the device state failed: " + e.getMessage(), e);
    } finally {
      socket.toFile().delete();
    }
  }

  /** Lets the guest run: the point of no return of a takeover. */
  public void run(long timeoutNs) {
    qmp.execute(new QmpRequests.Cont(), timeoutNs);
  }

  private void write(ByteBuffer state) throws IOException {
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      while (state.hasRemaining()) {
        channel.write(state);
      }
    }
  }
}
