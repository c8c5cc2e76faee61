package org.understudy.primary.session;

import org.understudy.pair.detect.FailureDetector;
import org.understudy.pair.session.Goodbye;

/** What the primary knows of its backup: is it alive, what has it committed, is the link whole. */
final class BackupLink {
  final FailureDetector detector;
  final LinkSessions links;
  final EpochLedger ledger = new EpochLedger();
  final InitialCopy copy;
  final CopyBase base;

  private final PrimarySettings settings;
  private final PrimaryActions actions;
  private final SessionCounters counters;
  private long lastResendLiveNs;
  private String lost;
  private boolean broken;
  private long letGo;

  BackupLink(
      PrimarySettings settings, PrimaryActions actions, SessionCounters counters, long seed) {
    this.settings = settings;
    this.actions = actions;
    this.counters = counters;
    detector =
        new FailureDetector(settings.timeoutNs(), settings.stallBoundNs(), settings.stallCheckNs());
    links = new LinkSessions(seed);
    base = new CopyBase(settings.commitTimeoutNs(), detector, actions::requestCapture);
    copy = new InitialCopy(settings, actions::requestCapture, this::beforeCatchUp);
  }

  /**
   * From here on every input has to be in the backup's log: no clients at this node's own front
   * (SAFETY rule S4). Not sooner: a backup that never commits the copy must not shut them out.
   */
  private void beforeCatchUp() {
    if (settings.streams()) {
      actions.serveLocally(false);
    }
  }

  /** From here on time-outs are those of a pair. */
  void copyIsWhole() {
    detector.patience(1);
    ledger.restartWait(detector.liveTimeNs());
  }

  /** Another copy begins: nothing of it is captured, shipped or acked. */
  void reset() {
    ledger.reset();
    copy.reset();
    base.reset();
    lost = null;
    broken = false;
  }

  /** The backup is gone, whatever it was. */
  void forget() {
    links.forget();
    base.reset();
    detector.stopWatching();
    lost = null;
    broken = false;
  }

  void onStale(long generation, long linkSession, long currentGeneration) {
    counters.stale++;
    // A backup whose link session broke is alive all the same.
    if (linkSession != 0 && linkSession == links.last() && generation == currentGeneration) {
      detector.onSignOfLife(detector.peer());
    }
  }

  /**
   * Whoever still speaks in this session of the same generation has to hear that its copy was given
   * up: no write that names it is on its way, nor will be (SAFETY rule O9).
   */
  void letGo(long linkSession) {
    letGo = linkSession;
  }

  /** Says so, once for each time that it was asked. */
  void tellLetGo(long generation) {
    if (letGo != 0) {
      actions.sendGoodbye(generation, letGo, Goodbye.RESIGN, "that copy was given up");
      letGo = 0;
    }
  }

  void onAcked(long epoch) {
    if (ledger.onAcked(epoch, detector.liveTimeNs())) {
      actions.forgetRetained(epoch);
      copy.onAcked(ledger.captured());
    }
  }

  void onResumed() {
    counters.resumes++;
    broken = false;
    lastResendLiveNs = detector.liveTimeNs();
  }

  void onGoodbye(Goodbye reason, String text) {
    switch (reason) {
      case RESIGN, ORDERLY_END, FENCED -> lost = "backup left, " + reason + ": " + text;
      default -> broken = true;
    }
  }

  /** It is there, but only a full copy would bring it back into the pair. */
  void markUnresumable() {
    lost = "backup cannot be resumed: what it has not committed is not kept any more";
  }

  /** It can get no further epoch of this copy, though it may be well. */
  void markLost(String reason) {
    if (lost == null) {
      lost = reason;
    }
  }

  void markBroken() {
    broken = true;
  }

  boolean isBroken() {
    return broken;
  }

  /** Drops the link session where it must be restarted; false if there is none. */
  boolean keep(long generation) {
    long liveNs = detector.liveTimeNs();
    boolean stuck =
        ledger.waitedNs(liveNs) >= settings.resendNs()
            && liveNs - lastResendLiveNs >= settings.resendNs();
    boolean silent = detector.silenceNs() >= settings.linkSilenceNs();
    if (links.current() != 0 && (broken || stuck || silent)) {
      counters.linksLost++;
      lastResendLiveNs = liveNs;
      links.drop();
      actions.useLink(generation, 0);
    }
    broken = false;
    return links.current() != 0;
  }

  /** It left, it is dead, it cannot be resumed, or it commits nothing any more. */
  boolean isLost() {
    return lost != null || detector.isDead() || isStuck();
  }

  private boolean isStuck() {
    return ledger.waitedNs(detector.liveTimeNs())
        >= settings.commitTimeoutNs() * detector.patience();
  }

  String lossReason() {
    if (lost != null) {
      return lost;
    }
    return detector.isDead()
        ? "backup is dead: " + detector.cause()
        : "backup commits nothing any more";
  }
}
