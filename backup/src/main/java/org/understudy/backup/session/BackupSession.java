package org.understudy.backup.session;

import org.understudy.backup.session.CheckpointOrder.Place;
import org.understudy.checkpoint.guest.CaptureKind;
import org.understudy.pair.ownership.NodeId;
import org.understudy.pair.ownership.Register;
import org.understudy.pair.session.Goodbye;
import org.understudy.pair.session.Reject;
import org.understudy.pair.session.SessionEvents;
import org.understudy.pair.session.StateListener;

/**
 * Decides for a node that holds the copy: from the Hello over the initial copy to protected, and
 * from there to a takeover, a resignation or the orderly end. {@link BackupActions} does what it
 * decides; time is passed in. One thread.
 *
 * <p>Order of each duty cycle: {@link #cycleStart}, then drain everything that arrived into the
 * {@code on...} methods, then {@link #doWork}. A verified checkpoint is committed in its handler;
 * acks, releases and everything that follows from silence happen in {@link #doWork}.
 */
public final class BackupSession {
  private final BackupSettings settings;
  private final NodeId self;
  private final BackupActions actions;
  private final BackupCounters counters = new BackupCounters();
  private final PrimaryLink link;
  private final BackupMachine machine;
  private final SessionEvents events;

  private long ackedEpoch = -1;
  private long releasedEpoch = -1;
  private long ackedOutput;
  private long lastHeartbeatNs;

  /**
   * A session in state CONNECTING.
   *
   * @param registerId id of this node's register, 0 if it was never written
   * @param helloSeed random number from which Hellos are numbered
   */
  public BackupSession(
      BackupSettings settings,
      NodeId self,
      long registerId,
      long helloSeed,
      BackupActions actions,
      StateListener listener,
      long nowNs) {
    this.settings = settings;
    this.self = self;
    this.actions = actions;
    lastHeartbeatNs = nowNs;
    link = new PrimaryLink(settings, actions, counters, registerId, helloSeed);
    machine = new BackupMachine(settings, self, link, actions, listener, counters);
    events = new SessionEvents(link.detector, machine.desk, machine, nowNs);
    listener.onState("backup", null, BackupState.CONNECTING, nowNs, "starts");
  }

  /** Start of a duty cycle, before anything is drained. */
  public void cycleStart(long nowNs) {
    events.cycleStart(nowNs);
  }

  /** Acts on what was recorded; after draining. Returns the work done. */
  public int doWork(long nowNs) {
    BackupState before = state();
    if (link.detector.takeReconnect()) {
      actions.reconnectMonitor();
    }
    machine.doWork(nowNs);
    int work = release() + ack();
    heartbeat(nowNs);
    return before == state() ? work : work + 1;
  }

  /** Output leaves at the commit, but never while the register must be read (SAFETY rule O3). */
  private int release() {
    if (!mayRelease() || releasedEpoch >= committedEpoch()) {
      return 0;
    }
    releasedEpoch = committedEpoch();
    actions.releaseOutput(releasedEpoch);
    return 1;
  }

  private int ack() {
    if (!machine.commitsNow() || link.current() == 0) {
      return 0;
    }
    int work = 0;
    if (ackedEpoch < committedEpoch()) {
      ackedEpoch = committedEpoch();
      actions.sendAck(link.generation(), link.current(), ackedEpoch);
      work++;
    }
    if (ackedOutput < machine.outputReceived()) {
      ackedOutput = machine.outputReceived();
      actions.sendOutputAck(link.generation(), link.current(), ackedOutput);
      work++;
    }
    return work;
  }

  private void heartbeat(long nowNs) {
    if (nowNs - lastHeartbeatNs < settings.heartbeatNs()) {
      return;
    }
    if (link.current() != 0) {
      lastHeartbeatNs = nowNs;
      actions.sendHeartbeat(link.generation(), link.current());
    } else if (machine.isLeaving(nowNs) && link.last() != 0) {
      lastHeartbeatNs = nowNs;
      actions.sendGoodbye(
          link.generation(), link.last(), Goodbye.RESIGN, machine.resignation.reason());
    }
  }

  /** What peer monitor, link and arbiter report. */
  public SessionEvents events() {
    return events;
  }

  /** The primary accepts. */
  public void onHelloReply(HelloAnswer answer) {
    if (state().isTerminal() || !link.takeAnswer(answer.helloId())) {
      return;
    }
    if (link.registerId() != 0 && link.registerId() != answer.registerId()) {
      machine.refuse(
          "register ids differ: "
              + link.registerId()
              + " here, "
              + answer.registerId()
              + " at "
              + answer.node()
              + "; both nodes must use the same arbiter");
    } else if (answer.resume()) {
      onResume(answer);
    } else if (state() == BackupState.CONNECTING || isFreshCopy(answer)) {
      machine.onFullCopy(answer);
      ackedEpoch = -1;
      releasedEpoch = -1;
      ackedOutput = 0;
      actions.sendHeartbeat(link.generation(), link.current());
    }
  }

  /** A named backup gives up its image only for a later generation. */
  private boolean isFreshCopy(HelloAnswer answer) {
    return state() == BackupState.LINK_LOST
        && (answer.generation() > link.generation() || !link.isNamed());
  }

  private void onResume(HelloAnswer answer) {
    if (state() != BackupState.LINK_LOST || !link.isPrimary(answer.node())) {
      return;
    }
    link.resume(answer);
    ackedEpoch = -1;
    ackedOutput = 0;
    actions.resendInputs(answer.lastInputReceived());
    actions.sendHeartbeat(link.generation(), link.current());
  }

  /** The primary refuses. */
  public void onHelloReject(NodeId node, long helloId, Reject code, String text) {
    if (state().isTerminal() || !link.takeAnswer(helloId)) {
      return;
    }
    counters.rejected++;
    boolean ours = link.isPrimary(node);
    if (code == Reject.NOT_PRIMARY && ours) {
      link.markGone("the primary does not own the guest any more: " + text);
    } else if (ours) {
      link.onAlive(node);
      if (code == Reject.OTHER_BACKUP || code == Reject.GENERATION) {
        link.markReplaced();
      }
    }
    if (!code.retry() && link.current() == 0) {
      machine.refuse("refused by " + node + " (" + code + "): " + text);
    }
  }

  /** A heartbeat; false if it was dropped. */
  public boolean onHeartbeat(long generation, long linkSession) {
    return admit(generation, linkSession);
  }

  /** The register names this node, in {@code protectedGeneration}. */
  public void onProtected(long generation, long linkSession, long protectedGeneration) {
    if (admit(generation, linkSession)
        && protectedGeneration == generation + 1
        && state() == BackupState.WHOLE
        && !link.isNamed()) {
      link.name(protectedGeneration);
    }
  }

  /**
   * A checkpoint or round begins. False: drop the message.
   *
   * @param round number of the capture inside epoch 0; 0 in all other epochs
   */
  public boolean onCheckpointBegin(
      long generation, long linkSession, long epoch, int round, CaptureKind kind) {
    return takesCheckpoints(generation, linkSession)
        && follow(machine.order.begin(epoch, round, kind), epoch);
  }

  /** A batch or section. False: drop the message. */
  public boolean onCheckpointPart(long generation, long linkSession, long epoch) {
    return takesCheckpoints(generation, linkSession) && follow(machine.order.part(epoch), epoch);
  }

  /**
   * The end of a checkpoint. False: drop the message. True: verify the whole of it now and call
   * {@link #onVerified} or {@link #onCorrupt}.
   */
  public boolean onCheckpointEnd(long generation, long linkSession, long epoch) {
    return takesCheckpoints(generation, linkSession) && follow(machine.order.part(epoch), epoch);
  }

  private boolean takesCheckpoints(long generation, long linkSession) {
    return admit(generation, linkSession) && !link.isBrokenNow() && !machine.resignation.isWanted();
  }

  private boolean follow(Place place, long epoch) {
    if (place == Place.DUPLICATE) {
      counters.duplicates++;
    } else if (place == Place.ILLEGAL) {
      machine.onCorrupt("message of epoch " + epoch + " out of order");
    }
    return place == Place.NEXT;
  }

  /**
   * The checkpoint that just ended is whole and verified: it is committed. Of a round only what it
   * carries beside pages is taken.
   */
  public void onVerified() {
    if (!machine.order.isOpen() || !machine.commitsNow()) {
      return;
    }
    CaptureKind kind = machine.order.kind();
    if (kind == CaptureKind.ROUND) {
      machine.takeRound();
    } else {
      machine.commit(kind == CaptureKind.FINAL);
    }
  }

  /** The decoder found the open checkpoint wrong: it is dropped and asked for again. */
  public void onCorrupt(String reason) {
    machine.onCorrupt(reason);
  }

  /**
   * An output message. True: the next one; once it is stored call {@link #onOutputReceived}. False:
   * drop it.
   */
  public boolean onOutput(long generation, long linkSession, long sequence) {
    if (!takesCheckpoints(generation, linkSession)) {
      return false;
    }
    if (sequence <= machine.outputReceived()) {
      counters.duplicates++;
      return false;
    }
    if (sequence != machine.outputReceived() + 1) {
      machine.onCorrupt("output " + sequence + " after " + machine.outputReceived());
      return false;
    }
    return true;
  }

  /** A copy of an input of the guest at the primary. False: drop it. */
  public boolean onMirrored(long generation, long linkSession) {
    return takesLastMirrors()
        ? linkSession == link.last()
        : takesCheckpoints(generation, linkSession);
  }

  /** Copies of inputs come in the session of a primary that hands the guest over. */
  public boolean takesLastMirrors() {
    return machine.takesLastMirrors();
  }

  /** The accepted output message is stored. */
  public void onOutputReceived(long sequence) {
    machine.onOutputReceived(sequence);
  }

  /** The primary leaves the session. */
  public void onGoodbye(long generation, long linkSession, Goodbye reason, String text) {
    if (state() == BackupState.RESIGNED) {
      machine.resignation.lingerUntil(events.cycleNs());
    } else if (admit(generation, linkSession)) {
      machine.onGoodbye(reason, text);
    }
  }

  /** Only the current link session in the current generation counts (SAFETY rule E1). */
  private boolean admit(long generation, long linkSession) {
    if (link.isCurrent(generation, linkSession)) {
      link.onAlive();
      return true;
    }
    boolean namesUs =
        state() == BackupState.WHOLE
            && !link.isNamed()
            && link.isCurrent(generation - 1, linkSession);
    if (namesUs) {
      // Protected was lost on the way: within a link session only it moves the generation.
      link.name(generation);
      link.onAlive();
      return true;
    }
    link.onStale(linkSession);
    return false;
  }

  /** Everything committed is in the image. */
  public void onApplied(long nowNs) {
    machine.onApplied(nowNs);
  }

  /** The guest is restored from the image. */
  public void onRestored(long nowNs) {
    machine.onRestored(nowNs);
  }

  /** The input log is replayed and the guest serves. */
  public void onReplayed(long nowNs) {
    machine.onReplayed(nowNs);
  }

  /** The first answer after the takeover left. */
  public void onFirstAnswer(long nowNs) {
    if (machine.times.firstAnswerNs == 0) {
      machine.times.firstAnswerNs = nowNs;
    }
  }

  /** The guest could not be restored. */
  public void onTakeoverFailed(String reason, long nowNs) {
    machine.onTakeoverFailed(reason, nowNs);
  }

  /**
   * Leaves because it cannot go on (disk full, output that cannot be held). The image stays until
   * the primary has claimed solo, so that the guest survives a primary that dies before that.
   */
  public void requestResign(String reason) {
    machine.resignation.request(reason);
  }

  /**
   * Leaves because its operator stops the process: the image ends with it, nothing is taken over.
   */
  public void requestStop(String reason) {
    machine.resignation.requestStop(reason);
  }

  /** Where the session stands. */
  public BackupState state() {
    return machine.state();
  }

  /** Last epoch committed, -1 for none. */
  public long committedEpoch() {
    return machine.order.committed();
  }

  /** Whether output may leave at this node's front now. */
  public boolean mayRelease() {
    return (state() == BackupState.PROTECTED || state() == BackupState.LINK_LOST)
        && link.isNamed()
        && !link.detector.hasStalled()
        && !machine.check.isPending();
  }

  /** Whether a stopped or resigned node still has to say so. */
  public boolean isLingering(long nowNs) {
    return machine.isLingering(nowNs);
  }

  /** Whether a stop was asked for; after a takeover the guest then ends on this node. */
  public boolean isStopWanted() {
    return machine.resignation.isStop();
  }

  /** Generation of the session, or of the won claim. */
  public long generation() {
    return link.generation();
  }

  /** The register after a won claim. */
  public Register wonRegister() {
    return machine.claim.seen();
  }

  /** The current link session, 0 for none. */
  public long linkSession() {
    return link.current();
  }

  /** The primary, or null. */
  public NodeId primary() {
    return link.primary();
  }

  /** This node. */
  public NodeId self() {
    return self;
  }

  /** When each part of the takeover was done. */
  public TakeoverTimes times() {
    return machine.times;
  }

  /** What happened so far. */
  public BackupCounters counters() {
    return counters;
  }
}
