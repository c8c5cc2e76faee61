package org.understudy.vm.capture;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.vm.qmp.QmpClient;
import org.understudy.vm.qmp.QmpErrorException;
import org.understudy.vm.qmp.QmpException;
import org.understudy.vm.qmp.QmpLead;
import org.understudy.vm.qmp.QmpRequests;

/**
 * Takes the device state of a running guest: a migration without the shared RAM, to ourselves. It
 * leaves the guest paused; {@link #resume} lets it run on. One thread at a time.
 */
public final class DeviceCapture implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DeviceCapture.class);
  private static final long UNLIMITED_BYTES_PER_SECOND = 100_000_000_000L;
  private static final long DOWNTIME_LIMIT_MS = 300;
  private static final long CONT_RETRY_NS = 50_000;

  /** Short: one that did not answer before may be stuck, and its guest is to go on elsewhere. */
  private static final long GIVE_UP_TIMEOUT_NS = 2_000_000_000L;

  private static final long GIVE_UP_RETRY_NS = 1_000_000;

  private final QmpClient qmp;
  private final GuestEvents events;
  private final StateSocket socket;
  private QmpLead lead;
  private int stateBytes;
  private long askedToResumeNs;

  /**
   * Prepares QEMU for captures.
   *
   * @param events the listener of that connection
   * @param path of the socket for the state; a file left there is removed
   */
  public DeviceCapture(QmpClient qmp, GuestEvents events, Path path, long timeoutNs) {
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

  /**
   * Pauses the guest and takes its device state. Until {@link #resume} or {@link #stay} the calling
   * thread is the one that reads what QEMU says.
   *
   * @return the whole state; valid until the next call
   * @throws CaptureException where it did not work; then the guest runs on if QEMU lives
   */
  public ByteBuffer pause(long timeoutNs) {
    long deadlineNs = System.nanoTime() + timeoutNs;
    lead = qmp.lead();
    try {
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
    } catch (IOException e) {
      giveUp();
      throw new CaptureException("taking the device state failed: " + e.getMessage(), e);
    } catch (CaptureException | QmpException e) {
      giveUp();
      throw e;
    }
  }

  /** Lets the guest run on; when it returns it runs. */
  public void resume(long timeoutNs) {
    askedToResumeNs = System.nanoTime();
    long deadlineNs = askedToResumeNs + timeoutNs;
    try {
      run(deadlineNs, timeoutNs);
      awaitEnd(deadlineNs);
    } finally {
      follow();
    }
  }

  /** The guest stays paused for now; {@link #resume} may come later. */
  public void stay(long timeoutNs) {
    try {
      awaitEnd(System.nanoTime() + timeoutNs);
    } finally {
      follow();
    }
  }

  private void run(long deadlineNs, long timeoutNs) {
    while (true) {
      try {
        qmp.execute(new QmpRequests.Cont(), timeoutNs);
        return;
      } catch (QmpErrorException e) {
        // The event of the completed migration comes shortly before QEMU may go on.
        if (System.nanoTime() - deadlineNs >= 0) {
          throw e;
        }
        LockSupport.parkNanos(CONT_RETRY_NS);
      }
    }
  }

  /** QEMU can be asked for the next state when it has closed this one's connection. */
  private void awaitEnd(long deadlineNs) {
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

  private void follow() {
    if (lead != null) {
      lead.close();
      lead = null;
    }
  }

  /** The last pause in its parts; to be asked after {@link #resume}. */
  public PauseParts pauseParts() {
    long completedNs = events.completedNs();
    return new PauseParts(
        completedNs - events.stoppedNs(),
        askedToResumeNs - completedNs,
        events.resumedNs() - askedToResumeNs);
  }

  /**
   * A pause; the parts sum up to it.
   *
   * @param stateNs from the guest's stop until its device state was complete
   * @param heldNs the caller's own work
   * @param resumeNs from the order to run on until it ran
   */
  public record PauseParts(long stateNs, long heldNs, long resumeNs) {
    /** The whole pause. */
    public long totalNs() {
      return stateNs + heldNs + resumeNs;
    }
  }

  /** A migration that is under way stops the guest later: it runs on only after the end of that. */
  private void giveUp() {
    long deadlineNs = System.nanoTime() + GIVE_UP_TIMEOUT_NS;
    try {
      qmp.execute(new QmpRequests.MigrateCancel(), GIVE_UP_TIMEOUT_NS);
      while (qmp.execute(new QmpRequests.QueryMigrate(), GIVE_UP_TIMEOUT_NS).isUnderWay()
          && System.nanoTime() - deadlineNs < 0) {
        socket.clear(); // nobody reads what it still writes
        LockSupport.parkNanos(GIVE_UP_RETRY_NS);
      }
      run(deadlineNs, GIVE_UP_TIMEOUT_NS);
    } catch (IOException | QmpException e) {
      LOG.debug("giving up a capture: {}", e.getMessage()); // the first failure is the news
    } finally {
      follow();
    }
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new CaptureException("closing the socket failed: " + e, e);
    }
  }
}
