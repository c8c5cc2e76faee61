package org.understudy.backup.session;

import org.understudy.backup.session.CheckpointSequence.Place;
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
  private final NodeId self;
  private final BackupActions actions;
  private final BackupCounters counters = new BackupCounters();
  private final PrimaryLink link;
  private final BackupMachine machine;
  private final SessionEvents events;
  private final Upkeep upkeep;

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
    this.self = self;
    this.actions = actions;
    link = new PrimaryLink(settings, self, actions, counters, registerId, helloSeed);
    machine = new BackupMachine(settings, self, link, actions, listener, counters);
    upkeep = new Upkeep(settings, link, machine, actions, nowNs);
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
    machine.doWork(nowNs);
    int work = upkeep.doWork(nowNs);
    return before == state() ? work : work + 1;
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
    if (link.isOlder(answer)) {
      // It does not know yet that its own write landed; this node found itself named.
      counters.stale++;
      return;
    }
    if (link.registerId() != 0 && link.registerId() != answer.registerId()) {
      machine.words.refuse(
          "register ids differ: %x here (%s), %x at %s (%s); give both nodes the same arbiter.dir, or arbiter.endpoints"
              .formatted(
                  link.registerId(),
                  actions.arbiter().describe(),
                  answer.registerId(),
                  answer.node(),
                  answer.arbiter()));
    } else if (answer.resume()) {
      onResume(answer);
    } else if (state() == BackupState.CONNECTING || isFreshCopy(answer)) {
      machine.onFullCopy(answer);
      upkeep.onFullCopy();
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
    actions.resendInputs(answer.lastInputReceived());
    upkeep.onLink();
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
      String own = code == Reject.REGISTER ? "; this node's: " + actions.arbiter().describe() : "";
      machine.words.refuse("refused by " + node + " (" + code + "): " + text + own);
    }
  }

  /**
   * Judges the envelope of a message: only the current link session in the current generation
   * counts (SAFETY rule E1). True: the message belongs to the method of its kind, at once. False:
   * drop it.
   */
  public boolean admits(long generation, long linkSession) {
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
    if (isLastWord(linkSession)) {
      link.onAlive();
      return true;
    }
    link.onStale(linkSession);
    return false;
  }

  /** Of a session that is over: inputs that a guest left behind, and the answer to a goodbye. */
  private boolean isLastWord(long linkSession) {
    boolean isAwaited =
        takesLastMirrors() || state() == BackupState.RESIGNING || state() == BackupState.RESIGNED;
    return isAwaited && linkSession != 0 && linkSession == link.last();
  }

  /** The register names this node, in {@code protectedGeneration}. */
  public void onProtected(long protectedGeneration) {
    if (protectedGeneration == link.generation() + 1
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
  public boolean onCheckpointBegin(long epoch, int round, CaptureKind kind) {
    return takesCheckpoints() && follow(machine.intake.order.begin(epoch, round, kind), epoch);
  }

  /** A batch or section. False: drop the message. */
  public boolean onCheckpointPart(long epoch) {
    return takesCheckpoints() && follow(machine.intake.order.part(epoch), epoch);
  }

  /**
   * The end of a checkpoint. False: drop the message. True: verify the whole of it now and call
   * {@link #onVerified} or {@link #onCorrupt}.
   */
  public boolean onCheckpointEnd(long epoch) {
    return takesCheckpoints() && follow(machine.intake.order.part(epoch), epoch);
  }

  private boolean takesCheckpoints() {
    return link.current() != 0 && !link.isBrokenNow() && !machine.resignation.isWanted();
  }

  private boolean follow(Place place, long epoch) {
    if (place == Place.DUPLICATE) {
      counters.duplicates++;
    } else if (place == Place.ILLEGAL) {
      machine.intake.onCorrupt("message of epoch " + epoch + " out of order");
    }
    return place == Place.NEXT;
  }

  /**
   * The checkpoint that just ended is whole and verified: it is committed. Of a round only what it
   * carries beside pages is taken.
   */
  public void onVerified() {
    if (!machine.intake.order.isOpen() || !machine.commitsNow()) {
      return;
    }
    machine.intake.onVerified();
  }

  /** The decoder found the open checkpoint wrong: it is dropped and asked for again. */
  public void onCorrupt(String reason) {
    machine.intake.onCorrupt(reason);
  }

  /** The standby has found out that it could take over from what is committed. */
  public void onStandbyReady() {
    machine.intake.onStandbyReady();
  }

  /**
   * The image differs from what the primary's memory was at the same epoch. Nothing is ever taken
   * over from it; once the primary has claimed solo it is copied anew.
   */
  public void onImageWrong(String reason) {
    machine.resignation.requestResync(reason);
  }

  /**
   * An output message. True: the next one; once it is stored call {@link #onOutputReceived}. False:
   * drop it.
   */
  public boolean onOutput(long sequence) {
    if (!takesCheckpoints()) {
      return false;
    }
    if (sequence <= machine.intake.outputReceived()) {
      counters.duplicates++;
      return false;
    }
    if (sequence != machine.intake.outputReceived() + 1) {
      machine.intake.onCorrupt("output " + sequence + " after " + machine.intake.outputReceived());
      return false;
    }
    return true;
  }

  /** A copy of an input of the guest at the primary. False: drop it. */
  public boolean onMirrored() {
    return takesLastMirrors() || takesCheckpoints();
  }

  /** Copies of inputs come in the session of a primary that hands the guest over. */
  public boolean takesLastMirrors() {
    return machine.takesLastMirrors();
  }

  /** The accepted output message is stored. */
  public void onOutputReceived(long sequence) {
    machine.intake.onOutputReceived(sequence);
  }

  /** The primary leaves the session. */
  public void onGoodbye(Goodbye reason, String text) {
    if (state() == BackupState.RESIGNED) {
      machine.resignation.lingerUntil(events.cycleNs());
    } else if (state() == BackupState.RESIGNING && reason == Goodbye.RESIGN) {
      machine.resignation.letGo();
    } else if (link.current() != 0) {
      machine.words.onGoodbye(reason, text);
    }
  }

  /** The guest runs from the image, with every logged input replayed. */
  public void onTookOver(long nowNs) {
    machine.onTookOver(nowNs);
  }

  /** The guest cannot be restored, or ended in the replay. */
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
   * Leaves because its operator stops the process, as soon as its image is not needed any more:
   * while the primary is in doubt it may be the last copy.
   */
  public void requestStop(String reason) {
    machine.resignation.requestStop(reason);
  }

  /** The operator insists: the process leaves at once, and the image ends with it. */
  public void requestStopNow(String reason) {
    machine.resignation.requestStopNow(reason);
  }

  /** Where the session stands. */
  public BackupState state() {
    return machine.state();
  }

  /** Last epoch committed, -1 for none. */
  public long committedEpoch() {
    return machine.intake.order.committed();
  }

  /** Whether output may leave at this node's front now. */
  public boolean mayRelease() {
    return machine.mayRelease();
  }

  /** Whether a stopped or resigned node still has to say so. */
  public boolean isLingering(long nowNs) {
    return machine.isLingering(nowNs);
  }

  /** Whether clients may still be sent the last answers of a guest that ended. */
  public boolean mayStillSend(long nowNs) {
    return machine.mayStillSend(nowNs);
  }

  /** Whether its operator insists on the stop: after a takeover the guest ends on this node. */
  public boolean isStopWanted() {
    return machine.resignation.isNow();
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

  /** The current link session, or the last one that there was. */
  public long lastLinkSession() {
    return link.last();
  }

  /** The primary, or null. */
  public NodeId primary() {
    return link.primary();
  }

  /** This node. */
  public NodeId self() {
    return self;
  }

  /** When each part of the takeover was done; whoever does a part notes it. */
  public TakeoverTimes times() {
    return machine.times;
  }

  /** What happened so far. */
  public BackupCounters counters() {
    return counters;
  }

  /** Longest gap between two own duty cycles so far; any thread. */
  public long longestStallNs() {
    return link.detector.longestStallNs();
  }
}
