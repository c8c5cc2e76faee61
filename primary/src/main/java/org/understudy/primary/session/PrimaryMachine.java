package org.understudy.primary.session;

import org.understudy.checkpoint.guest.CaptureKind;
import org.understudy.pair.ownership.NodeId;
import org.understudy.pair.ownership.Ownership;
import org.understudy.pair.ownership.Register;
import org.understudy.pair.ownership.RegisterCheck;
import org.understudy.pair.ownership.RegisterClaim;
import org.understudy.pair.ownership.RegisterDesk;
import org.understudy.pair.session.Goodbye;
import org.understudy.pair.session.SessionEvents;
import org.understudy.pair.session.StateListener;

/** The states of a {@link PrimarySession} and the ways between them. */
final class PrimaryMachine implements SessionEvents.Session {
  final RegisterDesk desk;
  final RegisterClaim claim;
  final RegisterCheck check;
  final Switchover switchover = new Switchover();

  private final PrimarySettings settings;
  private final NodeId self;
  private final BackupLink link;
  private final PrimaryActions actions;
  private final StateListener listener;
  private final SessionCounters counters;

  private PrimaryState state = PrimaryState.SOLO;
  private Register register;
  private NodeId backup;
  private long finalEpoch = -1;
  private long linkGeneration; // the backup speaks in it until it hears of the end
  private long stateSinceLiveNs;
  private long endDeadlineNs;
  private String endReason;
  private boolean guestStopped;

  PrimaryMachine(
      PrimarySettings settings,
      NodeId self,
      Register register,
      BackupLink link,
      PrimaryActions actions,
      StateListener listener,
      SessionCounters counters) {
    this.settings = settings;
    this.self = self;
    this.register = register;
    this.link = link;
    this.actions = actions;
    this.listener = listener;
    this.counters = counters;
    desk = new RegisterDesk(actions.arbiter(), settings.claimRetryNs(), settings.arbiterAnswerNs());
    claim = desk.claim();
    check = desk.check();
  }

  void start(long nowNs) {
    listener.onState("primary", null, state, nowNs, "starts at generation " + generation());
    actions.serveLocally(true);
  }

  void doWork(long nowNs) {
    checkOwnStall(nowNs);
    desk.doWork(nowNs);
    switch (state) {
      case SOLO -> solo(nowNs);
      case HANDSHAKING -> handshaking(nowNs);
      case SYNCING -> syncing(nowNs);
      case WHOLE -> whole(nowNs);
      case PROTECTED -> protectedBy(nowNs);
      case LINK_LOST -> linkLost(nowNs);
      case CLAIMING -> claiming(nowNs);
      case ENDING -> ending(nowNs);
      case SWITCHING -> switching(nowNs);
      case HANDED_OVER -> handedOver(nowNs);
      case ENDED, FENCED, MOVED -> {}
      default -> throw new IllegalStateException("unknown state " + state);
    }
  }

  private void checkOwnStall(long nowNs) {
    if (link.detector.takeStall() && state.isGated()) {
      counters.stallChecks++;
      check.start(nowNs);
    }
  }

  // ---- one method per state

  private void solo(long nowNs) {
    if (endReason != null) {
      state(PrimaryState.ENDING, nowNs, endReason);
    } else if (link.links.hasPending()) {
      backup = link.links.pendingHello().node();
      state(PrimaryState.HANDSHAKING, nowNs, "hello of " + backup);
    }
  }

  private void handshaking(long nowNs) {
    if (endReason != null) {
      abandonCopy(nowNs, endReason);
    } else if (inStateNs() >= settings.handshakeTimeoutNs()) {
      abandonCopy(nowNs, backup + " did not answer in its link session");
    }
  }

  private void syncing(long nowNs) {
    if (endReason != null) {
      abandonCopy(nowNs, endReason);
    } else if (link.isBroken()) {
      abandonCopy(nowNs, "link lost during the initial copy");
    } else if (link.isLost()) {
      abandonCopy(nowNs, link.lossReason());
    } else if (link.copy.isWhole(link.ledger.acked())) {
      state(PrimaryState.WHOLE, nowNs, "all that ever left is committed on " + backup);
    }
  }

  private void whole(long nowNs) {
    if (claim.phase() == RegisterClaim.Phase.WON) {
      becomeProtected(nowNs);
    } else if (claim.phase() == RegisterClaim.Phase.LOST) {
      lostClaim(nowNs);
    } else if (link.isLost()) {
      state(PrimaryState.CLAIMING, nowNs, link.lossReason());
    } else {
      link.keep(generation());
    }
  }

  private void protectedBy(long nowNs) {
    if (link.isLost()) {
      state(PrimaryState.CLAIMING, nowNs, link.lossReason());
    } else if (endReason != null) {
      state(PrimaryState.ENDING, nowNs, endReason);
    } else if (!link.keep(generation())) {
      state(PrimaryState.LINK_LOST, nowNs, "link session broken");
    } else if (switchover.isOrdered()) {
      state(PrimaryState.SWITCHING, nowNs, switchover.text());
    }
  }

  /** Until the backup is told to claim, this node can still go on as if nothing had been. */
  private void switching(long nowNs) {
    if (link.isLost()) {
      state(PrimaryState.CLAIMING, nowNs, link.lossReason());
    } else if (endReason != null) {
      goOnHere(PrimaryState.PROTECTED, nowNs, endReason);
    } else if (!link.keep(generation())) {
      goOnHere(PrimaryState.LINK_LOST, nowNs, "link session broken");
    } else if (isFinalReleased() && actions.isOutputSettled()) {
      state(PrimaryState.HANDED_OVER, nowNs, "epoch " + finalEpoch + " is committed on " + backup);
    } else if (inStateNs() >= settings.timeoutNs()) {
      goOnHere(PrimaryState.PROTECTED, nowNs, "the last epoch was not committed in time");
    }
  }

  private void goOnHere(PrimaryState newState, long nowNs, String reason) {
    finalEpoch = -1;
    switchover.takeGuestHeld();
    actions.resumeGuest(true);
    state(newState, nowNs, "switchover given up: " + reason);
  }

  /** From here only a won claim lets this node go on: the backup's may be on its way. */
  private void handedOver(long nowNs) {
    if (link.isLost()) {
      state(PrimaryState.CLAIMING, nowNs, link.lossReason());
    } else if (inStateNs() >= settings.commitTimeoutNs()) {
      state(PrimaryState.CLAIMING, nowNs, backup + " did not take over in time");
    } else {
      link.keep(generation());
      if (!check.isPending() && switchover.takeLook(nowNs, settings.heartbeatNs())) {
        check.start(nowNs);
      }
    }
  }

  private void linkLost(long nowNs) {
    if (link.isLost()) {
      state(PrimaryState.CLAIMING, nowNs, link.lossReason());
    } else if (endReason != null) {
      state(PrimaryState.ENDING, nowNs, endReason);
    } else if (link.links.current() != 0) {
      state(PrimaryState.PROTECTED, nowNs, "link resumed");
    } else if (inStateNs() >= settings.commitTimeoutNs()) {
      state(PrimaryState.CLAIMING, nowNs, "no link session for " + inStateNs() / 1_000_000 + " ms");
    }
  }

  private void claiming(long nowNs) {
    if (claim.phase() == RegisterClaim.Phase.WON) {
      register = claim.seen();
      counters.soloClaims++;
      state(PrimaryState.SOLO, nowNs, "claim won, generation " + generation());
    } else if (claim.phase() == RegisterClaim.Phase.LOST) {
      lostClaim(nowNs);
    } else if (endReason != null && nowNs - endDeadlineNs >= 0) {
      actions.discardOutput();
      state(PrimaryState.ENDED, nowNs, endReason + "; the claim to solo is still undecided");
    }
  }

  private void ending(long nowNs) {
    boolean committed = register.ownership() instanceof Ownership.Solo || isFinalReleased();
    if (claim.phase() == RegisterClaim.Phase.WON) {
      register = claim.seen();
      state(PrimaryState.ENDED, nowNs, endReason);
    } else if (claim.phase() == RegisterClaim.Phase.LOST) {
      fence(nowNs, "the register says " + claim.seen());
    } else if (committed && claim.phase() == RegisterClaim.Phase.IDLE) {
      stopGuest(endReason);
      claim.start(register, new Ownership.Ended(), nowNs);
    } else if (!committed && link.isLost()) {
      state(PrimaryState.CLAIMING, nowNs, link.lossReason());
    } else if (nowNs - endDeadlineNs >= 0) {
      if (!committed) {
        actions.discardOutput();
      }
      state(PrimaryState.ENDED, nowNs, endReason + "; the register could not be written");
    } else if (!committed) {
      link.keep(generation());
    }
  }

  private boolean isFinalReleased() {
    return finalEpoch >= 0 && link.ledger.released() >= finalEpoch;
  }

  // ---- transitions

  /** The backup answered in the link session of a full copy. */
  void startCopy(NodeId node, long copy, long nowNs) {
    if (state == PrimaryState.SOLO) {
      state(PrimaryState.HANDSHAKING, nowNs, "hello of " + node);
    }
    backup = node;
    finalEpoch = -1;
    link.reset();
    link.detector.watch(node.incarnation());
    actions.useLink(generation(), link.links.current());
    actions.startCopy(copy);
    actions.requestCapture(CaptureKind.ROUND);
    if (state != PrimaryState.SYNCING) {
      state(PrimaryState.SYNCING, nowNs, "copy " + copy + " to " + node);
    }
  }

  private void abandonCopy(long nowNs, String reason) {
    if (link.links.last() != 0) {
      Goodbye goodbye = endReason == null ? Goodbye.LINK_RESTART : Goodbye.ORDERLY_END;
      actions.sendGoodbye(generation(), link.links.last(), goodbye, reason);
    }
    state(PrimaryState.SOLO, nowNs, reason);
  }

  private void becomeProtected(long nowNs) {
    long before = generation();
    register = claim.seen();
    counters.protections++;
    if (link.links.current() != 0) {
      actions.sendProtected(before, link.links.current(), generation());
    }
    actions.useLink(generation(), link.links.current());
    actions.serveLocally(false);
    state(PrimaryState.PROTECTED, nowNs, "the register names " + backup);
  }

  /** A claim lost to an own earlier write goes on over that; any other owner fences this node. */
  private void lostClaim(long nowNs) {
    if (!isMine(claim.seen())) {
      notMine(claim.seen(), nowNs, "claim lost, the register says ");
      return;
    }
    register = claim.seen();
    if (state == PrimaryState.CLAIMING) {
      claim.start(register, new Ownership.Solo(self), nowNs);
    } else {
      state(PrimaryState.CLAIMING, nowNs, "the register says " + register);
    }
  }

  private boolean isMine(Register seen) {
    boolean ended = seen != null && seen.ownership() instanceof Ownership.Ended;
    return ended ? state == PrimaryState.ENDING : seen != null && seen.ownership().runsOn(self);
  }

  @Override
  public void onLinkBroken() {
    link.markBroken();
  }

  @Override
  public void onChecked(Register seen, long nowNs) {
    if (!isMine(seen)) {
      notMine(seen, nowNs, "after an own stall the register says ");
    }
  }

  /** After a switchover that is as it was ordered; else it is the end of this node. */
  private void notMine(Register seen, long nowNs, String how) {
    if (switchover.isTold()) {
      String reason = "the guest moved to " + backup + ", the register says " + seen;
      guestStopped = true;
      actions.letGo(reason);
      state(PrimaryState.MOVED, nowNs, reason);
    } else {
      fence(nowNs, how + seen);
    }
  }

  void fence(long nowNs, String reason) {
    if (state.isTerminal()) {
      return;
    }
    actions.discardOutput();
    stopGuest(reason);
    if (link.links.last() != 0) {
      actions.sendGoodbye(generation(), link.links.last(), Goodbye.FENCED, reason);
    }
    state(PrimaryState.FENCED, nowNs, reason);
  }

  private void stopGuest(String reason) {
    if (!guestStopped) {
      guestStopped = true;
      actions.stopGuest(reason);
    }
  }

  private void state(PrimaryState newState, long nowNs, String reason) {
    if (!state.canBecome(newState)) {
      throw new IllegalStateException(
          "primary must not go from " + state + " to " + newState + " (" + reason + ")");
    }
    PrimaryState old = state;
    state = newState;
    stateSinceLiveNs = link.detector.liveTimeNs();
    switchover.onState(newState, finalEpoch, nowNs, reason);
    listener.onState("primary", old, newState, nowNs, reason);
    enter(old, nowNs);
  }

  /** Starts and stops exactly what belongs to the new state. */
  private void enter(PrimaryState old, long nowNs) {
    switch (state) {
      case SOLO -> enterSolo(old);
      case WHOLE -> claim.start(register, new Ownership.Protected(self, backup), nowNs);
      case CLAIMING -> {
        stopReplication();
        claim.start(register, new Ownership.Solo(self), nowNs);
      }
      case ENDING -> {
        claim.reset();
        finalEpoch = -1;
        linkGeneration = generation();
        if (register.ownership() instanceof Ownership.Protected) {
          actions.requestCapture(CaptureKind.FINAL);
        }
      }
      case ENDED -> {
        // Only an end that is committed is told as one: else the backup may have to take over.
        if (link.links.last() != 0 && old == PrimaryState.ENDING && isFinalReleased()) {
          actions.sendGoodbye(linkGeneration, link.links.last(), Goodbye.ORDERLY_END, endReason);
        }
        stopGuest(endReason);
        stopReplication();
      }
      case SWITCHING -> {
        finalEpoch = -1;
        switchover.holdGuest();
        actions.requestCapture(CaptureKind.HANDOVER);
      }
      case HANDED_OVER -> tellToTakeOver();
      case FENCED, MOVED -> stopReplication();
      default -> {}
    }
  }

  /** Sent until it is known what came of it: it may get lost with a link session. */
  void tellToTakeOver() {
    actions.sendGoodbye(generation(), link.links.current(), Goodbye.SWITCHOVER, switchover.text());
  }

  private void enterSolo(PrimaryState old) {
    stopReplication();
    if (switchover.takeGuestHeld()) {
      actions.resumeGuest(false);
    }
    if (old != PrimaryState.HANDSHAKING) {
      actions.openGate();
    }
    if (old == PrimaryState.CLAIMING) {
      actions.closeRemoteSessions();
      actions.serveLocally(endReason == null);
    }
    backup = null;
  }

  private void stopReplication() {
    if (link.links.last() != 0) {
      actions.stopCopy();
    }
    actions.useLink(generation(), 0);
    link.forget();
    check.reset();
  }

  // ---- asked by the session

  void requestEnd(String reason, long nowNs) {
    if (endReason == null) {
      endReason = reason;
      endDeadlineNs = nowNs + settings.endTimeoutNs();
    }
  }

  boolean isEndWanted() {
    return endReason != null;
  }

  void onFinalCaptured(long epoch) {
    finalEpoch = epoch;
  }

  PrimaryState state() {
    return state;
  }

  Register register() {
    return register;
  }

  long generation() {
    return register.generation();
  }

  NodeId backup() {
    return backup;
  }

  NodeId self() {
    return self;
  }

  private long inStateNs() {
    return link.detector.liveTimeNs() - stateSinceLiveNs;
  }
}
