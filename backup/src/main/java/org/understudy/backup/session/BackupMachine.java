package org.understudy.backup.session;

import org.understudy.pair.ownership.NodeId;
import org.understudy.pair.ownership.Ownership;
import org.understudy.pair.ownership.Register;
import org.understudy.pair.ownership.RegisterCheck;
import org.understudy.pair.ownership.RegisterClaim;
import org.understudy.pair.ownership.RegisterDesk;
import org.understudy.pair.session.Goodbye;
import org.understudy.pair.session.SessionEvents;
import org.understudy.pair.session.StateListener;

/** The states of a {@link BackupSession} and the ways between them. */
final class BackupMachine implements SessionEvents.Session {
  final RegisterDesk desk;
  final RegisterClaim claim;
  final RegisterCheck check;
  final CheckpointOrder order = new CheckpointOrder();
  final TakeoverTimes times = new TakeoverTimes();
  final Resignation resignation = new Resignation();

  private final BackupSettings settings;
  private final NodeId self;
  private final PrimaryLink link;
  private final BackupActions actions;
  private final StateListener listener;
  private final BackupCounters counters;

  private BackupState state = BackupState.CONNECTING;
  private long outputReceived;
  private int corruptInRow;
  private boolean finalCommitted;
  private boolean goodbyeReceived;
  private boolean handedOver;
  private String refusal;
  private String endReason;

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
    desk = new RegisterDesk(actions.arbiter(), settings.claimRetryNs(), settings.arbiterAnswerNs());
    claim = desk.claim();
    check = desk.check();
  }

  void doWork(long nowNs) {
    checkOwnStall(nowNs);
    desk.doWork(nowNs);
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
    } else if (refusal != null) {
      state(BackupState.REFUSED, nowNs, refusal);
    } else if (link.current() != 0) {
      state(BackupState.SYNCING, nowNs, "full copy from " + link.primary());
    } else {
      link.hello(nowNs, -1, 0, false);
    }
  }

  private void syncing(long nowNs) {
    if (resignation.isWanted()) {
      resign(nowNs);
    } else if (endReason != null) {
      state(BackupState.ENDED, nowNs, endReason);
    } else if (order.committed() >= 0) {
      state(BackupState.WHOLE, nowNs, "epoch 0 is committed");
    } else if (link.isDead()) {
      startOver(nowNs, link.deathReason());
    } else if (link.isBroken()) {
      startOver(nowNs, "link lost during the initial copy");
    }
  }

  private void whole(long nowNs) {
    if (resignation.isWanted()) {
      resign(nowNs);
    } else if (endReason != null) {
      state(BackupState.ENDED, nowNs, endReason);
    } else if (link.isNamed()) {
      becomeProtected(nowNs, "the register names this node");
    } else if (link.isDead() || link.isBroken()) {
      loseLink(nowNs);
    }
  }

  private void protectedHere(long nowNs) {
    if (resignation.isWanted()) {
      resign(nowNs);
    } else if (goodbyeReceived || handedOver || link.isDead()) {
      startClaim(nowNs);
    } else if (link.isBroken()) {
      loseLink(nowNs);
    }
  }

  private void linkLost(long nowNs) {
    if (resignation.isWanted()) {
      resign(nowNs);
    } else if (link.isNamed() && (goodbyeReceived || link.isDead())) {
      startClaim(nowNs);
    } else if (endReason != null && !link.isNamed()) {
      state(BackupState.ENDED, nowNs, endReason);
    } else if (link.current() != 0) {
      if (order.committed() < 0) {
        startOver(nowNs, "the primary starts a full copy");
      } else if (link.isNamed()) {
        becomeProtected(nowNs, "link resumed");
      } else {
        state(BackupState.WHOLE, nowNs, "link resumed");
      }
    } else if (refusal != null) {
      state(BackupState.REFUSED, nowNs, refusal);
    } else {
      if ((link.isDead() || link.isReplaced()) && !check.isPending()) {
        // The register knows: perhaps it names this node although the primary could not say so
        // any more, or another backup.
        check.start(nowNs);
      }
      link.hello(nowNs, order.committed(), outputReceived, true);
    }
  }

  /** The primary claims solo; should it die before that, this image is the last one. */
  private void resigning(long nowNs) {
    if (resignation.isStop()) {
      resigned(nowNs, resignation.reason());
    } else if (link.isDead()) {
      startClaim(nowNs);
    } else if (resignation.hasLasted(nowNs, settings.resignNs())) {
      resigned(nowNs, resignation.reason() + "; the primary did not claim solo in time");
    } else if (!check.isPending() && resignation.takeLook(nowNs, settings.claimRetryNs())) {
      check.start(nowNs);
    }
  }

  private void claiming(long nowNs) {
    if (claim.phase() == RegisterClaim.Phase.LOST) {
      actions.discard("claim lost, the register says " + claim.seen());
      if (resignation.isWanted()) {
        state(BackupState.RESIGNED, nowNs, resignation.reason());
      } else if (claim.seen() != null && claim.seen().ownership() instanceof Ownership.Ended) {
        state(BackupState.ENDED, nowNs, "the guest ended");
      } else {
        state(BackupState.LOST, nowNs, "claim lost, the register says " + claim.seen());
      }
    } else if (claim.phase() == RegisterClaim.Phase.WON && finalCommitted) {
      actions.endClients("the guest ended");
      state(BackupState.ENDED, nowNs, "the guest ended at epoch " + order.committed());
    } else if (claim.phase() == RegisterClaim.Phase.WON) {
      times.claimedNs = nowNs;
      link.name(claim.seen().generation());
      state(BackupState.TAKING_OVER, nowNs, "claim won, generation " + link.generation());
      actions.applyCommitted();
    }
  }

  // ---- transitions

  private void becomeProtected(long nowNs, String reason) {
    if (state != BackupState.LINK_LOST) {
      counters.protections++;
    }
    state(BackupState.PROTECTED, nowNs, reason);
    actions.acceptClients(true);
    actions.sendAck(link.generation(), link.current(), order.committed());
  }

  private void loseLink(long nowNs) {
    abortStaging();
    link.drop();
    state(BackupState.LINK_LOST, nowNs, "link session broken");
  }

  /** Without a complete image there is nothing to resume. */
  private void startOver(long nowNs, String reason) {
    boolean freshSession = state == BackupState.LINK_LOST;
    if (!freshSession) {
      order.reset();
      abortStaging();
      link.forget();
    }
    state(BackupState.CONNECTING, nowNs, reason);
  }

  private void startClaim(long nowNs) {
    abortStaging();
    link.drop();
    actions.expectTakeover(link.generation(), handedOver ? link.last() : 0);
    check.reset();
    times.detectedNs = nowNs;
    String reason = goodbyeReceived ? "the primary said goodbye" : link.deathReason();
    reason = handedOver ? "switchover: the primary hands the guest over" : reason;
    state(BackupState.CLAIMING, nowNs, reason + (finalCommitted ? "; the guest ended" : ""));
    Ownership wanted = finalCommitted ? new Ownership.Ended() : new Ownership.Solo(self);
    claim.start(link.namingRegister(self, link.generation()), wanted, nowNs);
  }

  /**
   * A process that is stopped takes its image with it; one that cannot go on may still have to take
   * over, as long as the register names it.
   */
  private void resign(long nowNs) {
    abortStaging();
    if (link.last() != 0) {
      actions.sendGoodbye(link.generation(), link.last(), Goodbye.RESIGN, resignation.reason());
    }
    if (link.isNamed() && !resignation.isStop()) {
      resignation.begin(nowNs);
      link.drop();
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
    if (state == BackupState.RESIGNING) {
      if (!link.namingRegister(self, link.generation()).equals(seen)) {
        resigned(nowNs, resignation.reason() + "; the register says " + seen);
      }
      return;
    }
    if (state != BackupState.PROTECTED && state != BackupState.LINK_LOST) {
      return;
    }
    long naming = link.isNamed() ? link.generation() : link.generation() + 1;
    if (link.namingRegister(self, naming).equals(seen)) {
      if (!link.isNamed()) {
        link.name(naming);
      }
    } else if (link.isNamed() || seen == null || seen.generation() != link.generation()) {
      giveUpImage(seen, nowNs);
    }
  }

  /** The image belongs to a generation that is gone: it starts again with a full copy. */
  private void giveUpImage(Register seen, long nowNs) {
    String reason = "the register says " + seen;
    if (state == BackupState.PROTECTED) {
      loseLink(nowNs);
    }
    order.reset();
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
    order.reset();
    outputReceived = 0;
    finalCommitted = false;
    goodbyeReceived = false;
    handedOver = false;
    endReason = null;
    check.reset();
    actions.acceptClients(false);
    actions.startImage(answer.lastInputReceived());
    link.pair(answer);
  }

  /** A checkpoint whose order or content is wrong: never applied, asked for again. */
  void onCorrupt(String reason) {
    counters.corrupt++;
    abortStaging();
    if (link.current() != 0) {
      actions.sendGoodbye(link.generation(), link.current(), Goodbye.PROTOCOL, reason);
    }
    link.markBroken();
    if (++corruptInRow > settings.maxCorruptions()) {
      resignation.request(corruptInRow + " corrupt checkpoints in a row, the last: " + reason);
    }
  }

  private void abortStaging() {
    if (order.isOpen()) {
      order.abort();
      actions.abortStaging();
    }
  }

  void takeRound() {
    order.end();
    String obstacle = actions.takeRound();
    if (obstacle != null) {
      resignation.request(obstacle);
    }
  }

  void commit(boolean isFinal) {
    order.end();
    String obstacle = actions.prepareCommit(order.committed() + 1);
    if (obstacle != null) {
      resignation.request(obstacle);
      return;
    }
    order.commit();
    corruptInRow = 0;
    finalCommitted |= isFinal;
    counters.commits++;
    actions.commit(order.committed());
  }

  void onApplied(long nowNs) {
    times.appliedNs = nowNs;
    actions.restoreGuest();
  }

  void onRestored(long nowNs) {
    times.restoredNs = nowNs;
    actions.replayInputs();
  }

  void onReplayed(long nowNs) {
    times.replayedNs = nowNs;
    state(BackupState.SOLO, nowNs, "took over at epoch " + order.committed());
  }

  void onTakeoverFailed(String reason, long nowNs) {
    actions.discard(reason);
    state(BackupState.LOST, nowNs, "takeover failed: " + reason);
  }

  void onGoodbye(Goodbye reason, String text) {
    switch (reason) {
      case ORDERLY_END -> {
        goodbyeReceived = finalCommitted;
        endReason = "the primary ended: " + text;
        if (!finalCommitted) {
          link.markGone(endReason);
        }
      }
      case FENCED -> link.markGone("the primary is fenced: " + text);
      case SWITCHOVER -> handedOver = link.isNamed();
      default -> link.markBroken();
    }
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

  void refuse(String text) {
    refusal = text;
  }

  void onOutputReceived(long sequence) {
    outputReceived = sequence;
  }

  long outputReceived() {
    return outputReceived;
  }

  BackupState state() {
    return state;
  }

  /** The primary has let go of the guest, or is about to: what it mirrors now is for us alone. */
  boolean takesLastMirrors() {
    return handedOver && state.claimsOrOwns();
  }

  boolean commitsNow() {
    return state == BackupState.SYNCING
        || state == BackupState.WHOLE
        || state == BackupState.PROTECTED;
  }
}
