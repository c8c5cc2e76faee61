package org.understudy.backup.agent;

import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.backup.StampClock;
import org.understudy.backup.log.InputLog;
import org.understudy.backup.session.BackupSession;
import org.understudy.backup.session.BackupState;
import org.understudy.checkpoint.guest.Guest;
import org.understudy.checkpoint.guest.HeldUpException;
import org.understudy.checkpoint.guest.InputKind;
import org.understudy.checkpoint.guest.Readiness;

/**
 * What follows a won claim, over some duty cycles: apply what is committed, restore the guest from
 * the image, replay the input log in order. Each part notes when it was done.
 */
final class Takeover {
  private enum Step {
    NONE(""),
    APPLY("applying the last epoch"),
    RESTORE("the restore"),
    REPLAY("the replay"),
    DONE(""),
    FAILED("");

    private final String what;

    Step(String what) {
      this.what = what;
    }
  }

  private static final Logger LOG = LoggerFactory.getLogger("understudy.takeover");

  private static final long RETRY_NS = TimeUnit.MILLISECONDS.toNanos(250);

  /** Within some seconds what was short may be there again; after that the reason is another. */
  private static final int MAX_FAILURES = 20;

  private final BackupContext context;
  private final ImageStore images;
  private final InputLog log;
  private final StampClock clock;
  private final OutputDelivery output;
  private final InputLog.Consumer toGuest = this::offer;
  private Step step = Step.NONE;
  private boolean isReplayPrepared;
  private String obstacle;
  private Successor successor;
  private long replayed;
  private long replayFrom;
  private int failures;
  private boolean isTriedAgain;
  private long failedNs;

  /** No takeover yet. */
  Takeover(
      BackupContext context,
      ImageStore images,
      InputLog log,
      StampClock clock,
      OutputDelivery output) {
    this.context = context;
    this.images = images;
    this.log = log;
    this.clock = clock;
    this.output = output;
  }

  /** The claim is won. */
  void start() {
    step = Step.APPLY;
  }

  /** After the front was handed to the guest's thread, this thread must not touch it. */
  boolean hasFront() {
    return step == Step.NONE || step == Step.APPLY;
  }

  /**
   * This is the guest's last copy: as long as it is whole, a step that failed is tried again, and
   * one that only an operator can help waits for that. Then what became of the guest is said, after
   * an Error just as well.
   */
  int work(BackupSession session, long nowNs) {
    if (isTriedAgain && nowNs - failedNs < RETRY_NS) {
      return 0;
    }
    try {
      int work = step(session, nowNs);
      isTriedAgain = false;
      return work;
    } catch (HeldUpException e) {
      tryAgain(e.getMessage(), nowNs);
      return 0;
    } catch (Throwable e) {
      boolean isWhole = images.memory() != null || successor != null;
      if (!isWhole || ++failures >= MAX_FAILURES) {
        session.onTakeoverFailed(e.toString(), nowNs);
        throw e;
      }
      tryAgain(step.what + " failed (" + e + ") and is tried again", nowNs);
      return 0;
    }
  }

  private void tryAgain(String reason, long nowNs) {
    isTriedAgain = true;
    failedNs = nowNs;
    report(reason, nowNs);
  }

  private int step(BackupSession session, long nowNs) {
    return switch (step) {
      case NONE, DONE, FAILED -> 0;
      case APPLY -> apply(session);
      case RESTORE -> mayRestore(nowNs) ? restore(session, nowNs) : 0;
      case REPLAY -> replay(session);
    };
  }

  /** When a part was done: one may take longer than a duty cycle should. */
  private long nanoTime() {
    return context.clock().nanoTime();
  }

  private int apply(BackupSession session) {
    images.discardStaged();
    images.applyCommitted();
    if (images.difference() != null) {
      session.onTakeoverFailed(images.difference(), nanoTime());
      return 1;
    }
    output.release(Long.MAX_VALUE);
    session.times().appliedNs = nanoTime();
    step = Step.RESTORE;
    return 1;
  }

  private boolean mayRestore(long nowNs) {
    Readiness readiness = context.standby().takeoverReadiness();
    report(readiness.failure(), nowNs);
    return readiness.isReady();
  }

  private void report(String reason, long nowNs) {
    if (reason != null && !reason.equals(obstacle)) {
      obstacle = reason;
      BackupState state = BackupState.TAKING_OVER;
      context.listener().onState("backup", state, state, nowNs, "held up: " + reason);
    }
  }

  private int restore(BackupSession session, long nowNs) {
    prepareReplay();
    successor =
        context
            .restorer()
            .restore(
                images.memory(),
                images.deviceState(),
                images.deviceStateLength(),
                replayFrom,
                Math.max(images.position().stampNs(), clock.peek(nowNs)));
    images.handedOver();
    session.times().restoredNs = successor.guest().runningSinceNs();
    step = Step.REPLAY;
    return 1;
  }

  private void prepareReplay() {
    if (!isReplayPrepared) {
      replayFrom = log.replayAfter(images.position().inputPosition());
      replayed = replayFrom;
      output.beyond().startReplay();
      context.front().startReplay(output.beyond(), context.metrics()::onFirstReply);
      isReplayPrepared = true;
    }
  }

  boolean isFailed() {
    return step == Step.FAILED;
  }

  /** The claim is won, and the guest is not yet handed on. */
  boolean isUnderWay() {
    return step == Step.APPLY || step == Step.RESTORE || step == Step.REPLAY;
  }

  /**
   * The takeover failed, or the process ends in the middle of it. The guest is stopped before
   * anything else: until its thread has ended, the front is that thread's.
   */
  void abandon() {
    step = Step.FAILED;
    Successor restored = successor;
    successor = null;
    if (restored != null) {
      restored.close();
    }
  }

  private int replay(BackupSession session) {
    Throwable failure = successor.guestFailure();
    if (failure != null) {
      session.onTakeoverFailed("the guest failed in the replay: " + failure, nanoTime());
      return 1;
    }
    long before = replayed;
    log.forEachAfter(replayed, toGuest);
    if (replayed >= log.lastSequence() && guest().queuedInputs() == 0) {
      endReplay();
      giveBack();
      context.standby().tookOver(session.takesLastMirrors());
      session.times().replayedNs = nanoTime();
      step = Step.DONE;
      session.onTookOver(session.times().replayedNs);
      return 1;
    }
    return (int) (replayed - before);
  }

  private void endReplay() {
    int missing = output.beyond().endReplay();
    if (missing > 0) {
      LOG.error("the replay did not make again what {} sessions had been sent", missing);
    }
    context.front().endReplay();
  }

  /** From here on the node is a primary, which needs room for a copy. */
  private void giveBack() {
    images.drop();
    log.restartAfter(log.lastSequence());
    output.discard();
  }

  private boolean offer(
      long sequence,
      long stampNs,
      InputKind kind,
      long sessionId,
      DirectBuffer buffer,
      int offset,
      int length) {
    boolean isTaken =
        guest().offerInput(sequence, stampNs, kind, sessionId, buffer, offset, length);
    replayed = isTaken ? sequence : replayed;
    return isTaken;
  }

  private Guest guest() {
    return successor.guest();
  }

  long lastInput() {
    return log.lastSequence();
  }

  long replayedInputs() {
    return replayed - replayFrom;
  }
}
