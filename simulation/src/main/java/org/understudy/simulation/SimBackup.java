package org.understudy.simulation;

import java.util.ArrayDeque;
import org.agrona.concurrent.UnsafeBuffer;
import org.understudy.backup.StampClock;
import org.understudy.backup.log.InputLog;
import org.understudy.backup.output.ReleasedBeyondCommit;
import org.understudy.backup.session.BackupSession;
import org.understudy.backup.session.BackupSettings;
import org.understudy.backup.session.BackupState;
import org.understudy.backup.session.HelloAnswer;
import org.understudy.checkpoint.guest.CaptureKind;
import org.understudy.checkpoint.guest.InputKind;
import org.understudy.pair.ownership.NodeId;
import org.understudy.pair.session.Goodbye;
import org.understudy.pair.session.Reject;
import org.understudy.pair.session.SessionEvents;

/** A backup: the real session, input log and stamps around a model image. */
final class SimBackup implements Holder {
  /** Output that waits: of a commit, or an early message behind it. */
  record Held(long epoch, Answer reply, long afterInput) {}

  private static final int MAX_MIRRORED = 32;

  final SimProcess process;
  final World world;
  final BackupSession session;
  final SimImage image;
  final InputLog log;
  final ReleasedBeyondCommit beyond = new ReleasedBeyondCommit(256);
  final ArrayDeque<Held> held = new ArrayDeque<>();
  final StampClock clock = new StampClock();

  long generation;
  long linkSession;
  long sentInput;
  int nextTarget;

  /** What has to be told to the primary before its first round, or null. */
  long[] base;

  private final UnsafeBuffer bytes = new UnsafeBuffer(new byte[8]);
  private final ArrayDeque<SimGuest.Input> waiting = new ArrayDeque<>();
  private final ArrayDeque<SimGuest.Input> mirrored = new ArrayDeque<>();
  private SimTakeover takeover;
  private long readyAtNs = Long.MAX_VALUE;
  private boolean isUnfit;

  /** What it holds does not load, however often it is tried. */
  boolean neverLoads;

  SimBackup(SimProcess process) {
    this.process = process;
    world = process.world;
    log = new InputLog(world.smallLog ? 512 : 16_384, world.smallLog ? 32 : 1024);
    image = new SimImage(this);
    session =
        new BackupSession(
            BackupSettings.of(World.TIMEOUT_NS),
            process.id,
            process.registerId,
            world.random.nextLong() >>> 1,
            new SimBackupActions(this),
            this::onState,
            process.nowNs());
  }

  @Override
  public BackupSession session() {
    return session;
  }

  @Override
  public boolean isWhole() {
    return image.isComplete();
  }

  @Override
  public boolean isTakingOver() {
    return takeover != null && !image.isGuestDead;
  }

  private void onState(String machine, Enum<?> from, Enum<?> to, long nowNs, String reason) {
    world.log(process.index, machine + " " + from + " -> " + to + ": " + reason);
    world.statistics.backup.count(from, to);
    world.transitions.onTransition(process, from, to);
    if (to == BackupState.LINK_LOST && world.planted == PlantedFault.IMAGE_DROPPED_WITH_LINK) {
      image.clear("the link is lost");
    }
    if (from == BackupState.CLAIMING && to == BackupState.ENDED && !world.arbiter.isEnded()) {
      throw new Violation("ended: " + process.id + " ends, and the register says otherwise");
    }
    if (to == BackupState.TAKING_OVER) {
      takeover = new SimTakeover(this);
    }
  }

  @Override
  public boolean cycle(long nowNs) {
    session.cycleStart(nowNs);
    boolean worked = process.drain();
    if (takeover == null) {
      lookAtStandby();
      worked |= session.doWork(nowNs) > 0;
    }
    if (takeover == null) {
      sendBase();
      offerWaiting();
      worked |= sendInputs();
      releaseHeld();
      if (!world.chance(0.3)) {
        worked |= image.applyNext();
      }
    }
    if (takeover != null && !session.state().isTerminal() && takeover.doWork(nowNs)) {
      goOnAsPrimary();
    }
    return worked || takeover != null;
  }

  // ---- whether it could take over

  /** A copy is whole: the standby tries it before anything is acked. */
  void tryStandby() {
    readyAtNs = world.now;
    if (world.chance(world.standbySlow)) {
      world.count(FaultKind.STANDBY_SLOW);
      readyAtNs += world.between(World.TIMEOUT_NS / 10, World.TIMEOUT_NS * 7);
    }
    if (world.chance(world.standbyUnfit)) {
      world.count(FaultKind.STANDBY_UNFIT);
      isUnfit = true;
      neverLoads = true;
    }
  }

  @Override
  public boolean loseStandby() {
    isUnfit |= image.isComplete();
    return isUnfit;
  }

  /** Another copy: there is nothing to try yet. */
  void restartStandby() {
    readyAtNs = Long.MAX_VALUE;
    isUnfit = false;
    neverLoads = false;
  }

  private void lookAtStandby() {
    if (image.isComplete() && world.now >= readyAtNs) {
      if (isUnfit) {
        session.requestResign("a takeover would fail");
      } else {
        session.onStandbyReady();
      }
    }
  }

  @Override
  public boolean failTakeover() {
    if (takeover == null || session.state() != BackupState.TAKING_OVER) {
      return false;
    }
    world.durability.onKilled(process);
    image.isGuestDead = true;
    session.onTakeoverFailed("the guest crashed", process.nowNs());
    return true;
  }

  private void goOnAsPrimary() {
    world.statistics.takeovers++;
    world.addressAt = process.index;
    if (image.isEnded()) {
      throw new Violation("ended: " + process.id + " revives a guest that was shut down");
    }
    world.checker.onSurvivor(process, takeover.guest.history);
    SimPrimary primary =
        new SimPrimary(process, takeover.guest, session.wonRegister(), log.lastSequence());
    process.role = primary;
    primary.isStuck = world.planted == PlantedFault.NOT_RESUMED;
    if (session.isStopWanted()) {
      primary.session.requestStop("stopped before it took over");
    }
  }

  // ---- the front

  @Override
  public void onClient(long ofSession, long request) {
    if (!world.machine) {
      waiting.add(new SimGuest.Input(0, 0, ofSession, request));
      offerWaiting();
    }
  }

  /** What the log has no room for waits at the front. */
  private void offerWaiting() {
    while (!waiting.isEmpty()) {
      if (process.logFull && world.planted != PlantedFault.INPUT_DROPPED) {
        return;
      }
      SimGuest.Input input = waiting.peek();
      bytes.putLong(0, input.request());
      long stamp = clock.stamp(process.nowNs());
      long number =
          process.logFull ? 0 : log.append(stamp, InputKind.BYTES, input.session(), bytes, 0, 8);
      if (number == 0) {
        world.count(FaultKind.LOG_FULL);
        if (world.planted != PlantedFault.INPUT_DROPPED) {
          return;
        }
      }
      waiting.poll();
    }
  }

  /** What the image begins with, before anything of the copy comes. */
  private void sendBase() {
    if (base != null && linkSession != 0) {
      process.step();
      send(new Message(Message.Type.BASE).content(base));
      base = null;
    }
  }

  boolean sendInputs() {
    if (linkSession == 0 || session.state() != BackupState.PROTECTED) {
      return false;
    }
    long before = sentInput;
    sentInput =
        log.forEachAfter(
            sentInput,
            (sequence, stamp, kind, ofSession, buffer, offset, length) -> {
              process.step();
              Message input = new Message(Message.Type.INPUT).number(sequence).second(ofSession);
              input.stampNs = stamp;
              input.request = buffer.getLong(offset);
              send(input);
              return true;
            });
    return sentInput != before;
  }

  /** What still waits at the front when the guest goes on here. */
  ArrayDeque<SimGuest.Input> waiting() {
    return waiting;
  }

  // ---- output

  void releaseHeld() {
    while (!world.machine
        && !held.isEmpty()
        && session.mayRelease()
        && held.peek().epoch <= releasable()) {
      Held piece = held.poll();
      if (piece.afterInput > image.inputPosition && !record(piece)) {
        held.addFirst(piece);
        return;
      }
      process.reply(piece.reply);
    }
  }

  private long releasable() {
    return session.committedEpoch();
  }

  private boolean record(Held piece) {
    bytes.putLong(0, piece.reply.entry().token);
    return beyond.record(piece.afterInput, piece.reply.session(), bytes, 0, 8);
  }

  @Override
  public GuestHistory committedHistory() {
    return image.history;
  }

  // ---- messages

  void send(Message message) {
    message.generation = generation;
    message.linkSession = linkSession;
    process.send(target(), message);
  }

  /** The primary of the session; while there is none, one node after the other. */
  int target() {
    for (SimProcess other : world.nodes) {
      if (session.primary() != null && other.id.name().equals(session.primary().name())) {
        return other.index;
      }
    }
    int other = nextTarget % world.nodes.length;
    return other == process.index ? (other + 1) % world.nodes.length : other;
  }

  @Override
  public void onMessage(Message m) {
    ackTooEarly(m);
    if (m.isBound() && !session.admits(m.generation, m.linkSession)) {
      return;
    }
    switch (m.type) {
      case HELLO -> refuseHello(m);
      case HELLO_REPLY -> {
        SimPrimaryActions.Answer a = (SimPrimaryActions.Answer) m.content;
        session.onHelloReply(
            new HelloAnswer(
                a.node(),
                m.number,
                World.REGISTER_ID,
                a.generation(),
                a.linkSession(),
                a.resume(),
                a.overBase(),
                a.lastInputReceived(),
                "the same"));
      }
      case HELLO_REJECT -> {
        SimPrimaryActions.Refusal r = (SimPrimaryActions.Refusal) m.content;
        session.onHelloReject(r.node(), m.number, r.code(), r.text());
      }
      case PROTECTED -> session.onProtected(m.number);
      case GOODBYE -> session.onGoodbye((Goodbye) m.content, "told");
      case BEGIN, BATCH, END -> onCheckpoint(m);
      case OUTPUT -> onOutput(m);
      case MIRROR -> onMirrored(m);
      default -> {}
    }
  }

  private void refuseHello(Message hello) {
    Message reject = new Message(Message.Type.HELLO_REJECT);
    reject.number = ((org.understudy.primary.session.PeerHello) hello.content).helloId();
    reject.content =
        new SimPrimaryActions.Refusal(process.id, Reject.NOT_PRIMARY, "this node is a backup");
    process.send(hello.from, reject);
  }

  private void onCheckpoint(Message m) {
    if (process.stuckCommit) {
      return;
    }
    if (m.type == Message.Type.BEGIN) {
      CaptureKind kind = (CaptureKind) m.content;
      if (session.onCheckpointBegin(m.number, (int) m.second, kind)) {
        image.begin();
        forgetReleased(m.released);
      }
    } else if (m.type == Message.Type.BATCH) {
      if (session.onCheckpointPart(m.number)) {
        image.batch(m);
      }
    } else if (session.onCheckpointEnd(m.number)) {
      if (world.planted == PlantedFault.RELEASE_BEFORE_VERIFIED && m.output != null) {
        m.output.forEach(process::reply);
      }
      image.end(m);
    }
  }

  private void ackTooEarly(Message m) {
    boolean ackNow =
        world.planted == PlantedFault.ACK_BEFORE_WHOLE
                && m.type == Message.Type.BEGIN
                && m.linkSession == linkSession
            || world.planted == PlantedFault.ACK_WHILE_CLAIMING
                && m.type == Message.Type.END
                && session.state() == BackupState.CLAIMING;
    if (ackNow && m.content != CaptureKind.ROUND) {
      Message ack = new Message(Message.Type.ACK).number(m.number);
      ack.generation = m.generation;
      ack.linkSession = m.linkSession;
      process.send(target(), ack);
    }
  }

  private void onOutput(Message m) {
    if (session.onOutput(m.number)) {
      held.add(new Held(session.committedEpoch(), (Answer) m.content, m.second));
      session.onOutputReceived(m.number);
    }
  }

  // ---- a machine's frames

  /** What has left the primary's gate need not be sent after a takeover. */
  private void forgetReleased(long epoch) {
    while (world.machine && !held.isEmpty() && held.peek().epoch <= epoch) {
      held.poll();
    }
  }

  private void onMirrored(Message m) {
    boolean isKept = image.isComplete() || session.takesLastMirrors();
    if (isKept && session.onMirrored()) {
      if (mirrored.size() == MAX_MIRRORED) {
        mirrored.poll();
      }
      mirrored.add(new SimGuest.Input(0, 0, m.second, m.number));
    }
  }

  /** Frames that came to the primary lately. */
  ArrayDeque<SimGuest.Input> mirrored() {
    return mirrored;
  }

  // ---- the rest

  @Override
  public long[] memory() {
    return image.pages.clone();
  }

  @Override
  public NodeId peer() {
    return session.primary();
  }

  @Override
  public SessionEvents events() {
    return session.events();
  }

  @Override
  public boolean isOver() {
    return process.role == this
        && session.state().isTerminal()
        && session.state() != BackupState.SOLO
        && !session.isLingering(process.nowNs());
  }

  @Override
  public String describe() {
    return "backup "
        + session.state()
        + " (committed %d, held %d, waiting %d, inputs %d, sent %d)"
            .formatted(
                session.committedEpoch(),
                held.size(),
                waiting.size(),
                log.lastSequence(),
                sentInput);
  }
}
