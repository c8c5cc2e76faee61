package org.understudy.vm.device;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.vm.qemu.QemuCommandLine;
import org.understudy.vm.qmp.QmpAnswer;
import org.understudy.vm.qmp.QmpClient;
import org.understudy.vm.qmp.QmpErrorException;
import org.understudy.vm.qmp.QmpException;
import org.understudy.vm.qmp.QmpLead;
import org.understudy.vm.qmp.QmpRequests;

/**
 * Takes the device state of a running guest. It leaves the guest paused; {@link #resume} lets it
 * run on. One thread at a time.
 *
 * <p>The first state is a migration without the shared RAM, to ourselves. From then on QEMU writes
 * its devices alone, which takes half the time and leaves the caller free meanwhile: the rest of
 * the first state stays true for as long as {@link StateTemplate} says.
 */
public final class DeviceCapture implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DeviceCapture.class);
  private static final long CONT_RETRY_NS = 50_000;

  /** Short: one that did not answer before may be stuck, and its guest is to go on elsewhere. */
  private static final long GIVE_UP_TIMEOUT_NS = 1_000_000_000L;

  private final QmpClient qmp;
  private final GuestEvents events;
  private final MigrationCapture migration;
  private final StateFile file;
  private final SaveLine line;
  private QmpLead lead;
  private QmpAnswer<Void> saving;
  private boolean isSavedByLine;
  private ByteBuffer whole;
  private StateTemplate template;
  private boolean neverShort;
  private boolean migrated;
  private int resets;
  private long pausedNs;
  private long waitedNs;
  private long askedToResumeNs;

  /**
   * Prepares QEMU for captures.
   *
   * @param events the listener of that connection
   * @param saveSocket where QEMU has a monitor of its own for these captures; shorter pauses need
   *     it, where it is not there all goes over the one connection
   * @param path of the socket for whole states; a file left there is removed
   */
  public DeviceCapture(
      QmpClient qmp, GuestEvents events, Path saveSocket, Path path, long timeoutNs) {
    this(qmp, events, saveSocket, path, file(), timeoutNs);
  }

  DeviceCapture(
      QmpClient qmp,
      GuestEvents events,
      Path saveSocket,
      Path path,
      StateFile file,
      long timeoutNs) {
    this.qmp = qmp;
    this.events = events;
    this.file = file;
    line = new SaveLine(saveSocket, file.path());
    migration = new MigrationCapture(qmp, events, path, timeoutNs);
  }

  private static StateFile file() {
    try {
      return StateFile.create();
    } catch (IOException e) {
      throw new CaptureException("cannot create a file for the device state: " + e, e);
    }
  }

  /** {@link #stop} and {@link #state}, where there is nothing to do between them. */
  public ByteBuffer pause(long timeoutNs) {
    stop(timeoutNs);
    return state(timeoutNs);
  }

  /**
   * Pauses the guest; what it had asked of its devices is done, and its memory is at rest. Until
   * {@link #resume} or {@link #stay} the calling thread is the one that reads what QEMU says.
   *
   * @throws CaptureException where it did not work; then the guest runs on if QEMU lives
   */
  public void stop(long timeoutNs) {
    follow();
    lead = qmp.lead();
    waitedNs = 0;
    whole = null;
    migrated = false;
    orGiveUp(() -> {
      if (template == null || resets != events.resets()) {
        takeWhole(timeoutNs);
      } else {
        stopAndSave(timeoutNs);
      }
      return null;
    });
    pausedNs = System.nanoTime();
  }

  /** A part of a capture. */
  private interface Step<T> {
    T run() throws IOException;
  }

  private <T> T orGiveUp(Step<T> step) {
    try {
      return step.run();
    } catch (IOException e) {
      giveUp();
      throw new CaptureException("taking the device state failed: " + e.getMessage(), e);
    } catch (RuntimeException | Error e) {
      giveUp(); // an Error too: whatever it was, the guest did not ask for the capture
      throw e;
    }
  }

  /** Its answer comes when the devices are at rest; QEMU goes on with writing their state. */
  private void stopAndSave(long timeoutNs) {
    int stops = events.stops();
    QmpAnswer<Void> stopping = qmp.ask(new QmpRequests.Stop());
    isSavedByLine = line.isReady();
    if (!isSavedByLine) {
      line.close(); // after a guest that stayed paused it has the request to run on
      saving = qmp.ask(new QmpRequests.SaveDevices(file.path()));
    }
    stopping.await(timeoutNs);
    if (isSavedByLine) {
      line.save();
    }
    // A state says why its guest stands still; taken this way it would say that it runs.
    boolean hasRun = stops != events.stops() && !events.isEnded();
    if (!hasRun || resets != events.resets()) {
      template = null;
    }
  }

  private void takeWhole(long timeoutNs) throws IOException {
    template = null;
    saving = null;
    isSavedByLine = false;
    line.close();
    // Not left to the migration: its thread stops the guest, and frames that QEMU takes from a tap
    // in that instant are thrown away.
    qmp.execute(new QmpRequests.Stop(), timeoutNs);
    whole = migration.take(lead, timeoutNs);
    migrated = true;
    resets = events.resets();
    if (!neverShort && !events.isEnded()) {
      saving = qmp.ask(new QmpRequests.SaveDevices(file.path()));
    }
  }

  /**
   * Waits until the state is taken, which the guest has to stand still for.
   *
   * @return the whole state; valid until the next capture
   * @throws CaptureException where it did not work; then the guest runs on if QEMU lives
   */
  public ByteBuffer state(long timeoutNs) {
    long askedNs = System.nanoTime();
    ByteBuffer state = orGiveUp(() -> await(timeoutNs));
    waitedNs = System.nanoTime() - askedNs;
    return state;
  }

  private ByteBuffer await(long timeoutNs) throws IOException {
    ByteBuffer made = whole == null ? stateOfDevices(timeoutNs) : null;
    if (made != null) {
      return made;
    }
    if (whole == null) {
      takeWhole(timeoutNs);
    }
    check(whole);
    learn(timeoutNs);
    return whole;
  }

  /** States that are made of the devices alone have the memory part of one that was checked. */
  private static void check(ByteBuffer whole) {
    StateLayout layout = StateParser.parse(whole, (block, offset, position) -> {});
    if (layout.carried().contains(QemuCommandLine.RAM_BLOCK)) {
      throw new CorruptStateException(
          "QEMU writes the guest's RAM into each state: from 8.1 on it leaves out only memory of a"
              + " named file (memory-backend-file, share=on)");
    }
  }

  /** Null where a whole state is needed after all. */
  private ByteBuffer stateOfDevices(long timeoutNs) throws IOException {
    QmpAnswer<Void> answer = saving;
    saving = null;
    try {
      if (isSavedByLine) {
        line.awaitSaved(timeoutNs);
      } else {
        answer.await(timeoutNs);
      }
    } catch (QmpErrorException e) {
      takeWholeOnes(e.getMessage());
    }
    if (template == null) {
      return null;
    }
    ByteBuffer made = template.fill(file);
    return template.isSettled(made) ? made : null;
  }

  /** What the devices alone are at the instant of a whole state: it may do for the next ones. */
  private void learn(long timeoutNs) throws IOException {
    if (saving == null) {
      return;
    }
    QmpAnswer<Void> answer = saving;
    saving = null;
    try {
      answer.await(timeoutNs);
      StateTemplate made = StateTemplate.of(whole, file);
      template = made.isSettled(whole) ? made : null;
    } catch (QmpErrorException | NoTemplateException e) {
      takeWholeOnes(e.getMessage());
    }
  }

  private void takeWholeOnes(String reason) {
    LOG.info("each pause takes the whole device state: {}", reason);
    neverShort = true;
    template = null;
  }

  /** Lets the guest run on; when it returns it runs. */
  public void resume(long timeoutNs) {
    askedToResumeNs = System.nanoTime();
    long deadlineNs = askedToResumeNs + timeoutNs;
    try {
      if (isSavedByLine) {
        isSavedByLine = false;
        line.resume(timeoutNs);
        lead.poll(); // that it runs was told on this connection as well
      } else {
        run(deadlineNs, timeoutNs);
        awaitEnd(deadlineNs);
      }
    } finally {
      follow();
    }
    if (template != null) {
      line.ready(timeoutNs);
    }
  }

  /** There will be no capture for a while. */
  public void rest() {
    line.close();
  }

  /** The guest stays paused for now; {@link #resume} may come later. */
  public void stay(long timeoutNs) {
    try {
      awaitEnd(System.nanoTime() + timeoutNs);
    } finally {
      follow();
    }
  }

  private void awaitEnd(long deadlineNs) {
    if (migrated) {
      migration.awaitEnd(lead, deadlineNs);
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

  private void follow() {
    if (lead != null) {
      lead.close();
      lead = null;
    }
  }

  /** Whether the next state is asked for over the second monitor. */
  boolean isLineReady() {
    return line.isReady();
  }

  /** Whether the last state was taken as a whole. */
  boolean isWhole() {
    return whole != null;
  }

  /** The last pause in its parts; to be asked after {@link #resume}. */
  public PauseParts pauseParts() {
    return new PauseParts(
        pausedNs - events.stoppedNs() + waitedNs,
        askedToResumeNs - pausedNs - waitedNs,
        events.resumedNs() - askedToResumeNs);
  }

  /**
   * A pause; the parts sum up to it.
   *
   * @param stateNs from the guest's stop until the caller could work, and what the caller then
   *     still had to wait for the state
   * @param heldNs the caller's own work
   * @param resumeNs from the order to run on until it ran
   */
  public record PauseParts(long stateNs, long heldNs, long resumeNs) {
    /** The whole pause. */
    public long totalNs() {
      return stateNs + heldNs + resumeNs;
    }
  }

  private void giveUp() {
    try {
      letRun();
    } catch (RuntimeException | Error e) {
      LOG.debug("giving up a capture: {}", e.toString()); // the first failure is the news
    }
  }

  /**
   * Gives up whatever is under way and lets the guest run on.
   *
   * @return whether it runs; where not it may be asked again
   */
  public boolean letRun() {
    long deadlineNs = System.nanoTime() + GIVE_UP_TIMEOUT_NS;
    saving = null;
    isSavedByLine = false;
    template = null;
    line.close();
    cancel(deadlineNs);
    try {
      run(deadlineNs, GIVE_UP_TIMEOUT_NS);
      return true;
    } catch (QmpException e) {
      LOG.debug("the guest does not run on: {}", e.getMessage());
      return false;
    } finally {
      follow();
    }
  }

  private void cancel(long deadlineNs) {
    try {
      migration.cancel(deadlineNs, GIVE_UP_TIMEOUT_NS);
    } catch (IOException | QmpException e) {
      LOG.debug("a migration cannot be cancelled: {}", e.getMessage()); // there may be none
    }
  }

  @Override
  public void close() {
    line.close();
    try (file) {
      migration.close();
    } catch (IOException e) {
      throw new CaptureException("closing the socket failed: " + e, e);
    }
  }
}
