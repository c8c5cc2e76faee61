package org.understudy.vm.device;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.understudy.vm.qmp.QmpClient;
import org.understudy.vm.qmp.QmpLead;
import org.understudy.vm.qmp.QmpRequests;

/** Whole device states: a migration without the shared RAM, to ourselves. */
final class MigrationCapture implements AutoCloseable {
  private static final long UNLIMITED_BYTES_PER_SECOND = 100_000_000_000L;
  private static final long DOWNTIME_LIMIT_MS = 300;
  private static final long CANCEL_RETRY_NS = 1_000_000;

  private final QmpClient qmp;
  private final GuestEvents events;
  private final StateSocket socket;
  private int stateBytes;

  MigrationCapture(QmpClient qmp, GuestEvents events, Path path, long timeoutNs) {
    this.qmp = qmp;
    this.events = events;
    setCapabilities(qmp, timeoutNs);
    qmp.execute(
        new QmpRequests.MigrateSetParameters(
            Map.of(
                "max-bandwidth", UNLIMITED_BYTES_PER_SECOND, "downtime-limit", DOWNTIME_LIMIT_MS)),
        timeoutNs);
    try (QmpLead reading = qmp.lead()) {
      socket = new StateSocket(path);
      socket.watch(reading.selector());
    } catch (IOException e) {
      throw new CaptureException("cannot listen on " + path + ": " + e, e);
    }
  }

  /** Both sides must agree: with shared RAM left out the state has another layout. */
  static void setCapabilities(QmpClient qmp, long timeoutNs) {
    qmp.execute(
        new QmpRequests.MigrateSetCapabilities(Map.of("x-ignore-shared", true, "events", true)),
        timeoutNs);
  }

  /** Of a guest that stands still; valid until the next one. */
  ByteBuffer take(QmpLead lead, long timeoutNs) throws IOException {
    long deadlineNs = System.nanoTime() + timeoutNs;
    socket.clear();
    events.beginMigration();
    qmp.execute(new QmpRequests.Migrate(socket.uri()), timeoutNs);
    while (!events.isCompleted(deadlineNs)) {
      socket.read();
      lead.await(deadlineNs);
    }
    // QEMU had written everything before it said so; it closes later.
    socket.read();
    ByteBuffer state = socket.state();
    stateBytes = state.remaining();
    return state;
  }

  /** QEMU can be asked for the next state when it has closed this one's connection. */
  void awaitEnd(QmpLead lead, long deadlineNs) {
    try {
      while (socket.isOpen() && !socket.read()) {
        if (System.nanoTime() - deadlineNs >= 0) {
          throw new CaptureException("QEMU did not close the device state's connection in time");
        }
        lead.await(deadlineNs);
      }
    } catch (IOException e) {
      throw new CaptureException("the device state's connection broke: " + e.getMessage(), e);
    }
    if (socket.state().remaining() != stateBytes) {
      throw new CaptureException("QEMU wrote device state after it had said that it was complete");
    }
  }

  /** A migration that is under way stops the guest later: it runs on only after the end of that. */
  void cancel(long deadlineNs, long timeoutNs) throws IOException {
    qmp.execute(new QmpRequests.MigrateCancel(), timeoutNs);
    while (qmp.execute(new QmpRequests.QueryMigrate(), timeoutNs).isUnderWay()
        && System.nanoTime() - deadlineNs < 0) {
      socket.clear(); // nobody reads what it still writes
      LockSupport.parkNanos(CANCEL_RETRY_NS);
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
