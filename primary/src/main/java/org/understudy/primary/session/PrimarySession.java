package org.understudy.primary.session;

import org.understudy.checkpoint.guest.CaptureKind;
import org.understudy.pair.ownership.NodeId;
import org.understudy.pair.ownership.Ownership;
import org.understudy.pair.ownership.Register;
import org.understudy.pair.session.Goodbye;
import org.understudy.pair.session.SessionEvents;
import org.understudy.pair.session.StateListener;
import org.understudy.primary.session.LinkSessions.Admission;

/**
 * Decides for a node that runs the guest: from solo over the initial copy to protected and back,
 * again and again, until it is fenced or the guest ends. {@link PrimaryActions} does what it
 * decides; time is passed in. One thread.
 *
 * <p>Order of each duty cycle: {@link #cycleStart}, then drain everything that arrived into the
 * {@code on...} methods, then {@link #doWork}. Handlers record; what follows from silence,
 * time-outs and acks happens in {@link #doWork}.
 */
public final class PrimarySession {
  /** What to do with an input. */
  public enum InputVerdict {
    /** The next one: offer it to the guest, then report it with {@link #onInputReceived}. */
    ACCEPT,
    /** Stale, or received before: drop it. */
    DROP
  }

  /** Pages of a round after which there must be another one. */
  public static final long UNFINISHED = -1;

  private final PrimaryActions actions;
  private final SessionCounters counters = new SessionCounters();
  private final BackupLink link;
  private final PrimaryMachine machine;
  private final SessionEvents events;
  private final Handshake handshake;
  private final Upkeep upkeep;

  private long lastInputReceived;

  /**
   * A session in state SOLO.
   *
   * @param register the register that names this process as solo owner
   * @param lastInputReceived last remote input that the guest's state covers or has queued; after a
   *     takeover the last one that was replayed
   * @param linkSessionSeed random number from which link sessions are numbered
   */
  public PrimarySession(
      PrimarySettings settings,
      NodeId self,
      Register register,
      long lastInputReceived,
      long linkSessionSeed,
      PrimaryActions actions,
      StateListener listener,
      long nowNs) {
    if (!register.ownership().equals(new Ownership.Solo(self))) {
      throw new IllegalArgumentException(
          "a primary starts as solo owner, but the register says " + register.ownership());
    }
    this.lastInputReceived = lastInputReceived;
    this.actions = actions;
    link = new BackupLink(settings, actions, counters, linkSessionSeed);
    machine = new PrimaryMachine(settings, self, register, link, actions, listener, counters);
    events = new SessionEvents(link.detector, machine.desk, machine, nowNs);
    handshake = new Handshake(this, link, actions, counters);
    upkeep = new Upkeep(settings, link, machine, actions, nowNs);
  }

  /**
   * From here on the guest serves: to be called once, when all that it is to replay is consumed. A
   * guest that answered a new client before that would have another history than the one before.
   */
  public void begin(long nowNs) {
    machine.begin(nowNs);
  }

  // ---- the duty cycle

  /** Start of a duty cycle, before anything is drained. */
  public void cycleStart(long nowNs) {
    events.cycleStart(nowNs);
  }

  /**
   * The clock again, right before {@link #doWork}: a process that was stopped after the start of
   * its cycle must not let out what was acked meanwhile.
   */
  public void readClock(long nowNs) {
    link.detector.readClock(nowNs);
  }

  /** Acts on what was recorded; after draining. Returns the work done. */
  public int doWork(long nowNs) {
    PrimaryState before = machine.state();
    machine.doWork(nowNs);
    int work = upkeep.doWork(nowNs);
    return before == machine.state() ? work : work + 1;
  }

  /**
   * A sign of life if one is due. To be called ahead of bulk as well: a link that a copy fills has
   * no room for it afterwards.
   */
  public void heartbeat(long nowNs) {
    upkeep.heartbeat(nowNs);
  }

  // ---- messages of the backup

  /** What peer monitor, link and arbiter report. */
  public SessionEvents events() {
    return events;
  }

  /** A backup's Hello. */
  public void onHello(PeerHello hello) {
    handshake.onHello(hello);
  }

  /**
   * Judges the envelope of a message: only the current link session in the current generation
   * counts, or the one that was offered last, which begins with that message (SAFETY rule E1).
   * True: the message belongs to the method of its kind, at once. False: drop it.
   */
  public boolean admits(long generation, long linkSession) {
    Admission admission = link.links.admit(generation, linkSession, generation());
    // An end may have been ordered since that backup's Hello was accepted: no copy begins any more.
    boolean isLate =
        admission == Admission.PENDING && !link.links.isPendingResume() && !state().mayStartCopy();
    if (admission == Admission.STALE || isLate || state().isTerminal()) {
      link.onStale(generation, linkSession, generation());
      if (admission == Admission.STALE && generation == generation() && state().mayStartCopy()) {
        link.letGo(linkSession);
      }
      return false;
    }
    if (admission == Admission.PENDING) {
      confirm();
    }
    link.detector.onSignOfLife(link.detector.peer());
    return true;
  }

  /** The backup answered in its new link session: it replaces the one before. */
  private void confirm() {
    boolean resume = link.links.isPendingResume();
    PeerHello hello = link.links.confirm();
    if (resume) {
      link.onResumed();
      actions.useLink(generation(), link.links.current());
      link.onAcked(hello.lastCommittedEpoch());
      actions.resend(hello.lastCommittedEpoch(), hello.lastOutputReceived());
    } else {
      counters.copies++;
      machine.startCopy(hello, events.cycleNs());
    }
  }

  /** A cumulative ack; false if it was dropped. */
  public boolean onAck(long epoch) {
    if (epoch > link.ledger.shipped()) {
      counters.impossibleAcks++;
      link.markBroken();
      return false;
    }
    link.onAcked(epoch);
    return true;
  }

  /** An input of the backup's front. */
  public InputVerdict onInput(long sequence) {
    if (!state().takesInputs()) {
      return InputVerdict.DROP;
    }
    if (sequence <= lastInputReceived) {
      counters.duplicateInputs++;
      return InputVerdict.DROP;
    }
    if (sequence != lastInputReceived + 1) {
      counters.inputGaps++;
      link.markBroken();
      return InputVerdict.DROP;
    }
    return InputVerdict.ACCEPT;
  }

  /** Takes what the backup's memory holds before the copy under way. */
  public CopyBase base() {
    return link.base;
  }

  /** What the backup's half tells the guest of the copy under way. False: drop it. */
  public boolean onStandbyNote() {
    return state() == PrimaryState.SYNCING;
  }

  /** The accepted input is in the guest's queue. */
  public void onInputReceived(long sequence) {
    lastInputReceived = sequence;
  }

  /**
   * The accepted input found no room: it counts as not received, and comes again with a resume.
   * Without this the primary would wait for ever for what the backup believes to have sent.
   */
  public void onInputRefused() {
    counters.inputsRefused++;
    link.markBroken();
  }

  /** The backup leaves the session. */
  public void onGoodbye(Goodbye reason, String text) {
    link.onGoodbye(reason, text);
  }

  // ---- captures

  /**
   * A capture was taken, encoding starts. False: it belongs to a copy that was given up; release it
   * and drop it.
   *
   * @param ofCopy number of the copy for which it was asked
   * @param epoch its epoch, 0 for a round
   */
  public boolean onCaptured(long ofCopy, CaptureKind kind, long epoch) {
    if (!isCopyAlive(ofCopy)) {
      return false;
    }
    if (kind != CaptureKind.ROUND) {
      link.ledger.onCaptured(epoch);
      link.copy.onCaptured(kind, epoch);
    }
    if (kind.pausesGuest()) {
      machine.onFinalCaptured(epoch);
    }
    return true;
  }

  /**
   * The last message of a capture was handed over for sending (and is kept until acked).
   *
   * @param pages pages of a round, to decide whether another one pays; {@link #UNFINISHED} if the
   *     disks need another one, which then does not count
   */
  public void onShipped(long ofCopy, CaptureKind kind, long epoch, long pages) {
    if (!isCopyAlive(ofCopy)) {
      return;
    }
    if (kind != CaptureKind.ROUND) {
      link.ledger.onShipped(epoch, link.detector.liveTimeNs());
      link.copy.onEpochShipped(epoch);
    } else {
      link.copy.onRoundShipped(pages);
    }
  }

  private boolean isCopyAlive(long ofCopy) {
    return ofCopy == machine.copy()
        && (state() == PrimaryState.SYNCING || machine.state().isGated());
  }

  /** The guest cannot be captured for this copy any more: its backup counts as lost. */
  public void onProtectionBroken(long ofCopy, String reason) {
    if (isCopyAlive(ofCopy)) {
      link.markLost(reason);
    }
  }

  /** The guest is written down as a whole: from here on that is the guest. */
  public void onSaved() {
    machine.save.onWritten();
  }

  /** It is not, and nothing of it counts. */
  public void onSaveFailed(String reason) {
    machine.save.onFailed(reason);
  }

  // ---- the operator and the guest

  /** An orderly end: of the guest by itself, or of this node by its operator. */
  public void requestEnd(String reason) {
    machine.end.request(reason, events.cycleNs());
  }

  /**
   * This node is to stop and the guest to go on: it moves to the backup as soon as it is protected.
   * Until then nothing is stopped.
   */
  public void requestStop(String reason) {
    machine.stop.request(reason, events.cycleNs());
  }

  /**
   * The operator insists: this node stops at once. A protected guest goes on at its backup, which
   * takes over; any other guest is given up.
   */
  public void requestStopNow(String reason) {
    machine.stopNow(reason, events.cycleNs());
  }

  /**
   * A switchover: the guest is paused, its last epoch committed, and the backup goes on with it.
   *
   * @return null, or why it is refused
   */
  public String requestSwitchover(String reason) {
    if (isEndWanted()) {
      return "the guest is ending";
    }
    if (state() != PrimaryState.PROTECTED || machine.switchover.isUnderWay()) {
      return "the guest is not protected: this node is " + state();
    }
    machine.switchover.order(reason, events.cycleNs());
    return null;
  }

  /** The last switchover that was asked for, and how far it is. */
  public Switchover switchover() {
    return machine.switchover;
  }

  /** The guest cannot go on: nothing more leaves from here, the backup may take over. */
  public void onGuestFailed(String reason) {
    machine.fence(events.cycleNs(), "guest failed: " + reason);
  }

  // ---- for status

  /** Where the session stands. */
  public PrimaryState state() {
    return machine.state();
  }

  /** The register as this node knows it. */
  public Register register() {
    return machine.register();
  }

  /** Generation of the register that this session counts on. */
  public long generation() {
    return machine.generation();
  }

  /** The current link session, 0 for none. */
  public long linkSession() {
    return link.links.current();
  }

  /** The backup, or null. */
  public NodeId backup() {
    return machine.backup();
  }

  /** This node. */
  public NodeId self() {
    return machine.self();
  }

  /** Number of the current or last copy; captures carry it. */
  public long copy() {
    return machine.copy();
  }

  /** Number of the next capture inside epoch 0, from 0; each CheckpointBegin of epoch 0 has it. */
  public int round() {
    return link.copy.rounds();
  }

  /** Last epoch that the backup has committed, -1 for none. */
  public long ackedEpoch() {
    return link.ledger.acked();
  }

  /** In a terminal state: whether the guest's last output, or its late inputs, still take time. */
  public boolean isLettingGo() {
    return machine.end.isLettingGo();
  }

  /** Epochs that are captured and not committed yet. */
  public long lagEpochs() {
    return link.ledger.captured() - link.ledger.acked();
  }

  /** Last remote input that was received. */
  public long lastInputReceived() {
    return lastInputReceived;
  }

  /** Output waits because the register must be read or a claim is pending. */
  public boolean isOutputBlocked() {
    return machine.check.isPending() || state() == PrimaryState.CLAIMING;
  }

  /** What happened so far. */
  public SessionCounters counters() {
    return counters;
  }

  /** Whether the register says that the guest ended; false where nobody knows, once it has. */
  public boolean isEndRegistered() {
    return machine.end.isRegistered();
  }

  /** Why no copy may begin now, or null. */
  String copyObstacle() {
    return machine.copyObstacle(events.cycleNs());
  }

  boolean isEndWanted() {
    return machine.end.isWanted();
  }

  /** Longest gap between two own duty cycles so far; any thread. */
  public long longestStallNs() {
    return link.detector.longestStallNs();
  }
}
