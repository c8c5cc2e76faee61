package org.understudy.backup.session;

import org.understudy.pair.ownership.NodeId;
import org.understudy.pair.ownership.Ownership;
import org.understudy.pair.ownership.Register;
import org.understudy.pair.ownership.RegisterCheck;
import org.understudy.pair.ownership.RegisterClaim;
import org.understudy.pair.ownership.RegisterDesk;
import org.understudy.pair.session.Backoff;
import org.understudy.pair.session.Goodbye;
import org.understudy.pair.session.SessionEvents;
import org.understudy.pair.session.StateListener;

/** The states of a {@link BackupSession} and the ways between them. */
final class BackupMachine implements SessionEvents.Session {
  final RegisterDesk desk;
  final RegisterClaim claim;
  final RegisterCheck check;
  final Intake intake;
  final LastWords words;
  final TakeoverTimes times = new TakeoverTimes();
  final Resignation resignation = new Resignation();

  private final BackupSettings settings;
  private final NodeId self;
  private final PrimaryLink link;
  private final BackupActions actions;
  private final StateListener listener;
  private final BackupCounters counters;
  private final Backoff looks;

  private BackupState state = BackupState.CONNECTING;

  BackupMachine(
      BackupSettings settings,
      NodeId self,
      PrimaryLink link,
      BackupActions actions,
      StateListener listener,
      BackupCounters counters) {
    this.settings = settings;
    this.self = self;
    this.link = link;
    this.actions = actions;
    this.listener = listener;
    this.counters = counters;
    intake = new Intake(settings, link, actions, counters, resignation);
    words = new LastWords(link, intake);
    looks = new Backoff(settings.claimRetryNs(), settings.timeoutNs());
    desk =
        new RegisterDesk(
            actions.arbiter(), link.known, settings.claimRetryNs(), settings.arbiterAnswerNs());
    claim = desk.claim();
    check = desk.check();
  }

  void doWork(long nowNs) {
    checkOwnStall(nowNs);
    desk.doWork(nowNs);
    if (holdsOrGetsImage() && !desk.look().isPending() && link.proof.takeLook(nowNs)) {
      desk.look().start(nowNs);
    }
    switch (state) {
      case CONNECTING -> connecting(nowNs);
      case SYNCING -> syncing(nowNs);
      case WHOLE -> whole(nowNs);
      case PROTECTED -> protectedHere(nowNs);
      case LINK_LOST -> linkLost(nowNs);
      case CLAIMING -> claiming(nowNs);
      case RESIGNING -> resigning(nowNs);
      case TAKING_OVER, SOLO, RESIGNED, LOST, ENDED, REFUSED -> {}
      default -> throw new IllegalStateException("unknown state " + state);
    }
  }

  private void checkOwnStall(long nowNs) {
    boolean releasing = state == BackupState.PROTECTED || state == BackupState.LINK_LOST;
    if (link.detector.takeStall() && releasing && link.isNamed()) {
      counters.stallChecks++;
      check.start(nowNs);
    }
  }

  // ---- one method per state

  private void connecting(long nowNs) {
    if (resignation.isWanted()) {
      resign(nowNs);
    } else if (words.refusal() != null) {
      state(BackupState.REFUSED, nowNs, words.refusal());
    } else if (link.current() != 0) {
      state(BackupState.SYNCING, nowNs, "full copy from " + link.primary());
    } else {
      link.hello(nowNs, -1, 0, false);
    }
  }

  private void syncing(long nowNs) {
    if (intake.committed() >= 0) {
      // Whatever else came in the same cycle: from here on there is an image to look after.
      link.copyIsWhole();
      state(BackupState.WHOLE, nowNs, "epoch 0 is committed");
    } else if (resignation.isWanted()) {
      resign(nowNs);
    } else if (words.refusal() != null) {
      refuseCopy(nowNs);
    } else if (words.endReason() != null) {
      state(BackupState.ENDED, nowNs, words.endReason());
    } else if (link.isDead()) {
      startOver(nowNs, link.deathReason());
    } else if (link.isBrokenNow()) {
      startOver(nowNs, "link lost during the initial copy");
    }
  }

  private void whole(long nowNs) {
    if (resignation.isWanted()) {
      resign(nowNs);
    } else if (words.refusal() != null) {
      refuseCopy(nowNs);
    } else if (words.endReason() != null) {
      state(BackupState.ENDED, nowNs, words.endReason());
    } else if (link.isNamed()) {
      becomeProtected(nowNs, "the register names this node");
    } else if (link.isDead() || link.isBroken()) {
      loseLink(nowNs);
    }
  }

  private void protectedHere(long nowNs) {
    if (resignation.isWanted()) {
      resign(nowNs);
    } else if (words.saidEnd() || words.handedOver() || link.isDead()) {
      startClaim(nowNs);
    } else if (link.isBroken()) {
      loseLink(nowNs);
    }
  }

  private void linkLost(long nowNs) {
    if (resignation.isWanted()) {
      resign(nowNs);
    } else if (link.isNamed() && (words.saidEnd() || link.isDead())) {
      startClaim(nowNs);
    } else if (words.endReason() != null && !link.isNamed()) {
      state(BackupState.ENDED, nowNs, words.endReason());
    } else if (link.current() != 0) {
      if (intake.committed() < 0) {
        startOver(nowNs, "the primary starts a full copy");
      } else if (link.isNamed()) {
        becomeProtected(nowNs, "link resumed");
      } else {
        state(BackupState.WHOLE, nowNs, "link resumed");
      }
    } else if (words.refusal() != null) {
      resignation.request(words.refusal());
    } else {
      boolean isAsked = link.isDead() || link.isReplaced();
      if (isAsked && !check.isPending() && looks.isOver(nowNs)) {
        // The register knows: perhaps it names this node although the primary could not say so
        // any more, or another backup.
        looks.failed(nowNs);
        check.start(nowNs);
      }
      link.hello(nowNs, intake.committed(), intake.outputReceived(), true);
    }
  }

  /** The primary claims solo; should it die before that, this image is the last one. */
  private void resigning(long nowNs) {
    if (resignation.isNow()) {
      resigned(nowNs, resignation.reason() + "; its operator insists");
    } else if (link.isDead() && link.isNamed() && resignation.isImageWrong()) {
      resigned(nowNs, resignation.reason() + "; the primary died before another copy was made");
    } else if (link.isDead() && link.isNamed()) {
      startClaim(nowNs);
    } else if (!check.isPending() && resignation.takeLook(nowNs, settings.claimRetryNs())) {
      check.start(nowNs);
    }
  }

  private void claiming(long nowNs) {
    if (claim.phase() == RegisterClaim.Phase.IDLE) {
      claim(nowNs); // something failed between the state and its claim
    } else if (claim.phase() == RegisterClaim.Phase.LOST) {
      actions.discard("claim lost, the register says " + claim.seen());
      if (resignation.isWanted()) {
        state(BackupState.RESIGNED, nowNs, resignation.reason());
      } else if (claim.seen() != null && claim.seen().ownership() instanceof Ownership.Ended) {
        state(BackupState.ENDED, nowNs, "the guest ended");
      } else {
        state(BackupState.LOST, nowNs, "claim lost, the register says " + claim.seen());
      }
    } else if (claim.phase() == RegisterClaim.Phase.WON && intake.isFinalCommitted()) {
      resignation.lingerUntil(nowNs + BackupSettings.LAST_OUTPUT_NS);
      actions.endClients("the guest ended");
      state(BackupState.ENDED, nowNs, "the guest ended at epoch " + intake.committed());
    } else if (claim.phase() == RegisterClaim.Phase.WON) {
      times.claimedNs = nowNs;
      link.own(claim.seen());
      actions.takeOver();
      state(BackupState.TAKING_OVER, nowNs, "claim won, generation " + link.generation());
    }
  }

  // ---- transitions

  private void becomeProtected(long nowNs, String reason) {
    if (state != BackupState.LINK_LOST) {
      counters.protections++;
    }
    // Whoever reads that the guest is protected may connect at once.
    actions.acceptClients(true);
    state(BackupState.PROTECTED, nowNs, reason);
    actions.sendAck(link.generation(), link.current(), intake.committed());
  }

  private void loseLink(long nowNs) {
    intake.abortStaging();
    link.drop();
    looks.reset();
    state(BackupState.LINK_LOST, nowNs, "link session broken");
  }

  /** Without a complete image there is nothing to resume. */
  private void startOver(long nowNs, String reason) {
    boolean freshSession = state == BackupState.LINK_LOST;
    if (!freshSession) {
      intake.order.reset();
      intake.abortStaging();
      link.forget();
    }
    state(BackupState.CONNECTING, nowNs, reason);
  }

  private void startClaim(long nowNs) {
    intake.abortStaging();
    link.drop();
    link.proof.stop();
    actions.expectTakeover(link.generation(), words.handedOver() ? link.last() : 0);
    check.reset();
    times.detectedNs = nowNs;
    state(BackupState.CLAIMING, nowNs, words.claimReason(resignation));
    claim(nowNs);
  }

  private void claim(long nowNs) {
    Ownership wanted = intake.isFinalCommitted() ? new Ownership.Ended() : new Ownership.Solo(self);
    claim.start(link.namingRegister(link.generation()), wanted, nowNs);
  }

  /**
   * Whoever holds a committed image goes only when the register, read after that, says that nobody
   * counts on it (SAFETY rule O9); an operator who insists takes the image with the process.
   */
  private void resign(long nowNs) {
    intake.abortStaging();
    if (link.last() != 0) {
      actions.sendGoodbye(link.generation(), link.last(), Goodbye.RESIGN, resignation.reason());
    }
    // While syncing nothing was acked, so that no register can name this node.
    if (intake.committed() >= 0 && state != BackupState.SYNCING && !resignation.isNow()) {
      resignation.begin(nowNs);
      link.drop();
      link.proof.stop();
      // It is silent while it claims, and that takes as long as the arbiter does.
      link.detector.patience(BackupSettings.RESIGN_PATIENCE);
      state(BackupState.RESIGNING, nowNs, resignation.reason());
      check.start(nowNs);
    } else {
      resignation.lingerUntil(nowNs + settings.lingerNs());
      resigned(nowNs, resignation.reason());
    }
  }

  private void resigned(long nowNs, String reason) {
    check.reset();
    actions.discard(reason);
    state(BackupState.RESIGNED, nowNs, reason);
  }

  @Override
  public void onLinkBroken() {
    link.markBroken();
  }

  /** The register, read because of an own stall or because a dead primary may have named us. */
  @Override
  public void onChecked(Register seen, long nowNs) {
    boolean isAsked =
        state == BackupState.PROTECTED
            || state == BackupState.LINK_LOST
            || state == BackupState.RESIGNING;
    if (!isAsked) {
      return;
    }
    if (link.names(seen)) {
      if (!link.isNamed()) {
        link.name(seen.generation());
      }
    } else if (link.isNamed() || seen == null || seen.generation() != link.generation()) {
      notNamed(seen, nowNs);
    } else if (state == BackupState.RESIGNING && resignation.isLetGo()) {
      // Only with its word: of a primary that died this may be the last copy, and what the register
      // says may be of before it named this node.
      notNamed(seen, nowNs);
    }
  }

  private void notNamed(Register seen, long nowNs) {
    if (state == BackupState.RESIGNING && !resignation.goesOn()) {
      resigned(nowNs, resignation.reason() + "; the register says " + seen);
    } else {
      resignation.forget();
      giveUpImage(seen, nowNs);
    }
  }

  @Override
  public void onLooked(Register seen, String fault, long nowNs) {
    if (fault == null && link.isNamed() && !link.names(seen)) {
      return; // it went on: whoever has to know reads it for himself
    }
    switch (link.proof.onLooked(fault, link.detector.liveTimeNs())) {
      case REFUSE -> words.refuse(link.proof.reason(actions.arbiter().describe()));
      case RESIGN -> resignation.request(link.proof.reason(actions.arbiter().describe()));
      default -> {}
    }
  }

  /** The image belongs to a generation that is gone: it starts again with a full copy. */
  private void giveUpImage(Register seen, long nowNs) {
    String reason = "the register says " + seen;
    if (state == BackupState.PROTECTED) {
      loseLink(nowNs);
    }
    intake.order.reset();
    actions.acceptClients(false);
    actions.discard(reason);
    if (seen != null && seen.ownership() instanceof Ownership.Ended) {
      state(BackupState.ENDED, nowNs, reason);
    } else {
      link.forget();
      state(BackupState.CONNECTING, nowNs, reason);
    }
  }

  void onFullCopy(HelloAnswer answer) {
    counters.copies++;
    intake.restart();
    words.reset();
    check.reset();
    actions.acceptClients(false);
    actions.startImage(answer);
    link.pair(answer);
  }

  /** Nothing was acked: the copy is of no use to anybody. */
  private void refuseCopy(long nowNs) {
    actions.sendGoodbye(link.generation(), link.last(), Goodbye.RESIGN, words.refusal());
    intake.abortStaging();
    actions.discard(words.refusal());
    state(BackupState.REFUSED, nowNs, words.refusal());
  }

  void onTookOver(long nowNs) {
    state(BackupState.SOLO, nowNs, "took over at epoch " + intake.committed());
  }

  void onTakeoverFailed(String reason, long nowNs) {
    actions.discard(reason);
    state(BackupState.LOST, nowNs, "takeover failed: " + reason);
  }

  private void state(BackupState newState, long nowNs, String reason) {
    if (!state.canBecome(newState)) {
      throw new IllegalStateException(
          "backup must not go from " + state + " to " + newState + " (" + reason + ")");
    }
    BackupState old = state;
    state = newState;
    listener.onState("backup", old, newState, nowNs, reason);
    if (newState == BackupState.ENDED && old != BackupState.CLAIMING) {
      actions.discard(reason);
    }
    if (newState.isTerminal()) {
      link.drop();
      link.detector.stopWatching();
      check.reset();
    }
  }

  // ---- asked by the session

  /** The primary has to hear that this node leaves. */
  boolean isLeaving(long nowNs) {
    return state == BackupState.RESIGNING || isLingering(nowNs);
  }

  boolean isLingering(long nowNs) {
    return state == BackupState.RESIGNED && resignation.lingers(nowNs);
  }

  boolean mayStillSend(long nowNs) {
    return state == BackupState.ENDED && resignation.lingers(nowNs);
  }

  /** Nothing is acked before this node could take over, and would find the register to do so. */
  boolean mayAck() {
    return intake.isStandbyReady() && link.proof.isHeld();
  }

  BackupState state() {
    return state;
  }

  /** The primary has let go of the guest, or is about to: what it mirrors now is for us alone. */
  boolean takesLastMirrors() {
    return words.handedOver() && state.claimsOrOwns();
  }

  boolean mayRelease() {
    return (state == BackupState.PROTECTED || state == BackupState.LINK_LOST)
        && link.isNamed()
        && !link.detector.hasStalled()
        && !check.isPending();
  }

  private boolean holdsOrGetsImage() {
    return commitsNow() || state == BackupState.LINK_LOST;
  }

  boolean commitsNow() {
    return state == BackupState.SYNCING
        || state == BackupState.WHOLE
        || state == BackupState.PROTECTED;
  }
}
