package org.understudy.primary.session;

import org.understudy.checkpoint.guest.CaptureKind;
import org.understudy.pair.ownership.KnownRegister;
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

/** The states of a {@link PrimarySession} and the ways between them. */
final class PrimaryMachine implements SessionEvents.Session {
  final RegisterDesk desk;
  final RegisterClaim claim;
  final RegisterCheck check;
  final Switchover switchover = new Switchover();
  final OrderlyEnd end;
  final NodeStop stop;
  final GuestSave save;
  final StateEntry entry;
  private final LeavingStates leaving;
  final Backoff copies;

  private final PrimarySettings settings;
  private final NodeId self;
  private final BackupLink link;
  private final PrimaryActions actions;
  private final StateListener listener;
  private final SessionCounters counters;

  private PrimaryState state = PrimaryState.SOLO;
  private Register register;
  private NodeId backup;
  private long copy;
  private long finalEpoch = -1;
  private long stateSinceLiveNs;
  private long lookedNs;
  private String copyFailure;

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
    KnownRegister known = new KnownRegister();
    known.learn(register);
    desk =
        new RegisterDesk(
            actions.arbiter(), known, settings.claimRetryNs(), settings.arbiterAnswerNs());
    end = new OrderlyEnd(actions, settings.endTimeoutNs());
    save = new GuestSave(actions, settings.saveTimeoutNs());
    stop = new NodeStop(settings.commitTimeoutNs());
    entry = new StateEntry(this, settings, link, actions);
    leaving = new LeavingStates(this, settings, link, actions);
    copies = new Backoff(settings.copyRetryNs(), settings.copyRetryNs() * 32);
    claim = desk.claim();
    check = desk.check();
  }

  void begin(long nowNs) {
    listener.onState("primary", null, state, nowNs, "starts at generation " + generation());
    lookedNs = nowNs;
    actions.serveLocally(true);
  }

  void doWork(long nowNs) {
    entry.complete(nowNs);
    if (link.detector.takeStall() && state.isGated()) {
      counters.stallChecks++;
      check.start(nowNs);
    }
    if (desk.doWork(nowNs)) {
      onLookFailed(desk.trouble(), nowNs);
    }
    watchRegister(nowNs);
    end.doWork(nowNs);
    switch (state) {
      case SOLO -> solo(nowNs);
      case HANDSHAKING -> handshaking(nowNs);
      case SYNCING -> syncing(nowNs);
      case WHOLE -> whole(nowNs);
      case PROTECTED -> protectedBy(nowNs);
      case LINK_LOST -> linkLost(nowNs);
      case CLAIMING -> claiming(nowNs);
      case ENDING -> leaving.ending(nowNs);
      case SWITCHING -> leaving.switching(nowNs);
      case HANDED_OVER -> leaving.handedOver(nowNs);
      case SAVING -> leaving.saving(nowNs);
      case ENDED, FENCED, MOVED, SAVED -> {}
      default -> throw new IllegalStateException("unknown state " + state);
    }
  }

  /** An operator's override may have given the guest to another node (SAFETY rule O8). */
  private void watchRegister(long nowNs) {
    if (!claim.isPending()
        && !state.isTerminal()
        && !desk.look().isPending()
        && nowNs - lookedNs >= settings.lookNs()) {
      lookedNs = nowNs;
      desk.look().start(nowNs);
    }
  }

  // ---- one method per state

  private void solo(long nowNs) {
    if (end.isWanted()) {
      state(PrimaryState.ENDING, nowNs, end.reason());
    } else if (link.links.hasPending()) {
      backup = link.links.pendingHello().node();
      state(PrimaryState.HANDSHAKING, nowNs, "hello of " + backup);
    } else if (stop.takeSave()) {
      state(PrimaryState.SAVING, nowNs, stop.reason() + ", and nobody else has the guest");
    }
  }

  private void handshaking(long nowNs) {
    if (end.isWanted()) {
      abandonCopy(nowNs, end.reason());
    } else if (inStateNs() >= settings.handshakeTimeoutNs()) {
      abandonCopy(nowNs, backup + " did not answer in its link session");
    }
  }

  private void syncing(long nowNs) {
    if (end.isWanted()) {
      abandonCopy(nowNs, end.reason());
    } else if (link.isBroken()) {
      abandonCopy(nowNs, "link lost during the initial copy");
    } else if (link.isLost()) {
      abandonCopy(nowNs, link.lossReason());
    } else if (link.base.obstacle() != null) {
      abandonCopy(nowNs, link.base.obstacle());
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
    } else if (end.isWanted()) {
      state(PrimaryState.ENDING, nowNs, end.reason());
    } else if (!link.keep(generation())) {
      state(PrimaryState.LINK_LOST, nowNs, "link session broken");
    } else if (switchover.isConfirmed()) {
      state(PrimaryState.SWITCHING, nowNs, switchover.text());
    } else if (switchover.takeQuestion()) {
      desk.look().start(nowNs);
    } else if (!switchover.isUnderWay() && stop.takeTry(nowNs)) {
      switchover.order(stop.reason(), nowNs);
    }
  }

  private void linkLost(long nowNs) {
    if (link.isLost()) {
      state(PrimaryState.CLAIMING, nowNs, link.lossReason());
    } else if (end.isWanted()) {
      state(PrimaryState.ENDING, nowNs, end.reason());
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
    } else if (end.isWanted() && end.isOverdue(nowNs)) {
      end.discard(end.reason());
      state(PrimaryState.ENDED, nowNs, end.unregistered("the claim to solo is still undecided"));
    }
  }

  // ---- transitions

  /** The backup answered in the link session of a full copy. */
  void startCopy(PeerHello hello, long nowNs) {
    NodeId node = hello.node();
    nextCopy();
    if (state == PrimaryState.SOLO) {
      state(PrimaryState.HANDSHAKING, nowNs, "hello of " + node);
    }
    backup = node;
    finalEpoch = -1;
    link.reset();
    link.detector.watch(node.incarnation());
    link.detector.patience(settings.copyPatience());
    actions.useLink(generation(), link.links.current());
    try {
      actions.startCopy(copy);
      if (hello.hasBase()) {
        actions.awaitBase();
        link.base.await();
      } else {
        actions.requestCapture(CaptureKind.ROUND);
      }
    } catch (RuntimeException | Error failure) {
      // Memory or a native library that a copy needs: the guest, which runs without, must not end.
      failCopy(nowNs, "the copy cannot begin: " + failure);
      return;
    }
    if (state != PrimaryState.SYNCING) {
      state(PrimaryState.SYNCING, nowNs, "copy " + copy + " to " + node);
    }
  }

  private void abandonCopy(long nowNs, String reason) {
    if (link.links.last() != 0) {
      Goodbye goodbye = !end.isWanted() ? Goodbye.LINK_RESTART : Goodbye.ORDERLY_END;
      actions.sendGoodbye(generation(), link.links.last(), goodbye, reason);
    }
    String next = "";
    if (state == PrimaryState.SYNCING && !end.isWanted()) {
      delayNextCopy(nowNs, reason);
      next = "; the next copy begins in " + copies.remainingNs(nowNs) / 1_000_000 + " ms at best";
    }
    state(PrimaryState.SOLO, nowNs, reason + next);
  }

  private void failCopy(long nowNs, String reason) {
    if (state != PrimaryState.SYNCING) {
      delayNextCopy(nowNs, reason);
    }
    abandonCopy(nowNs, reason);
  }

  /** A hello that comes before is rejected with the reason. */
  private void delayNextCopy(long nowNs, String reason) {
    copies.failed(nowNs);
    copyFailure = reason;
  }

  /** Why no copy begins now, or null. */
  String copyObstacle(long nowNs) {
    return copies.isOver(nowNs)
        ? null
        : "the copy before failed (" + copyFailure + "): the next one has to wait a little";
  }

  private void becomeProtected(long nowNs) {
    long before = generation();
    register = claim.seen();
    counters.protections++;
    copies.reset();
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
    return seen != null
        && switch (seen.ownership()) {
          case Ownership.Ended() -> state == PrimaryState.ENDING;
          case Ownership.Saved(NodeId by) -> state == PrimaryState.SAVING && by.equals(self);
          default -> seen.ownership().runsOn(self);
        };
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

  @Override
  public void onLooked(Register seen, String fault, long nowNs) {
    if (fault != null) {
      onLookFailed(fault, nowNs);
    } else if (!isMine(seen)) {
      notMine(seen, nowNs, "the register says ");
    } else {
      if (state == PrimaryState.SOLO) {
        register = seen; // a start that overrode this owner and failed gives the register back
      }
      switchover.confirm();
    }
  }

  @Override
  public void onLookFailed(String why, long nowNs) {
    switchover.refuse(
        actions.arbiter().describe() + " does not answer as it should: " + why, nowNs);
  }

  /** After a switchover that is as it was ordered; else it is the end of this node. */
  private void notMine(Register seen, long nowNs, String how) {
    if (switchover.isTold()) {
      String reason = "the guest moved to " + backup + ", the register says " + seen;
      end.letGo(reason, link.links.current() != 0, nowNs);
      state(PrimaryState.MOVED, nowNs, reason);
    } else {
      fence(nowNs, how + seen);
    }
  }

  void fence(long nowNs, String reason) {
    if (state.isTerminal()) {
      return;
    }
    end.discard(reason);
    if (link.links.last() != 0) {
      actions.sendGoodbye(generation(), link.links.last(), Goodbye.FENCED, reason);
    }
    state(PrimaryState.FENCED, nowNs, reason);
  }

  /**
   * The operator insists: a guest whose copy the register names goes on there, as if this process
   * had died; any other is given up.
   */
  void stopNow(String reason, long nowNs) {
    stop.request(reason, nowNs);
    switch (state) {
      case PROTECTED, SWITCHING, HANDED_OVER ->
          fence(nowNs, reason + " without waiting: " + backup + " is to take over");
      default -> end.request(reason, nowNs);
    }
  }

  void state(PrimaryState newState, long nowNs, String reason) {
    if (!state.canBecome(newState)) {
      throw new IllegalStateException(
          "primary must not go from " + state + " to " + newState + " (" + reason + ")");
    }
    PrimaryState old = state;
    state = newState;
    stateSinceLiveNs = link.detector.liveTimeNs();
    entry.enter(old, newState);
    switchover.onState(newState, finalEpoch, nowNs, reason);
    listener.onState("primary", old, newState, nowNs, reason);
    entry.complete(nowNs);
  }

  // ---- asked by the session

  /** Captures carry the number of what they were asked for. */
  long nextCopy() {
    return ++copy;
  }

  long copy() {
    return copy;
  }

  void forgetBackup() {
    backup = null;
  }

  boolean isFinalReleased() {
    return finalEpoch >= 0 && link.ledger.released() >= finalEpoch;
  }

  /** What was written is the register now. */
  void own(Register written) {
    register = written;
  }

  long finalEpoch() {
    return finalEpoch;
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

  long inStateNs() {
    return link.detector.liveTimeNs() - stateSinceLiveNs;
  }
}
