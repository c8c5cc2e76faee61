package org.understudy.simulation;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.understudy.checkpoint.guest.CaptureKind;
import org.understudy.pair.ownership.NodeId;
import org.understudy.pair.ownership.Register;
import org.understudy.pair.session.Goodbye;
import org.understudy.pair.session.SessionEvents;
import org.understudy.primary.pacing.EpochPacer;
import org.understudy.primary.pacing.PacerControl;
import org.understudy.primary.pacing.PacerSettings;
import org.understudy.primary.session.PeerHello;
import org.understudy.primary.session.PrimarySession;
import org.understudy.primary.session.PrimarySettings;
import org.understudy.primary.session.PrimaryState;

/** A primary: the real session, pacer and bookkeeping around the model guest. */
final class SimPrimary implements Runner {
  private static final int EVENTS_PER_CYCLE = 4;
  private static final int MAX_QUEUE = 64;

  final SimProcess process;
  final World world;
  final SimGuest guest;
  final PrimarySession session;
  final SimGate gate;
  final PacerControl control = new PacerControl();
  final RetainedMessages<Message> retained = new RetainedMessages<>(1 << 20);
  final ArrayDeque<Message> queue = new ArrayDeque<>();
  private final EpochPacer pacer;
  final SimSaving saving = new SimSaving(this);
  final SimShadow shadow = new SimShadow();

  long generation;
  long linkSession;
  boolean guestStopped;

  /** It crashed by itself, which no node can help. */
  boolean guestFailed;

  /** Planted: the guest never runs. */
  boolean isStuck;

  private long outputSequence;

  /** What is unacked up to here is not kept any more. */
  long lostEpoch = -1;

  private final ArrayDeque<Object> encoding = new ArrayDeque<>();
  private SimCapture capture;

  SimPrimary(SimProcess process, SimGuest guest, Register register, long lastInput) {
    this.process = process;
    this.guest = guest;
    world = process.world;
    gate = new SimGate(process);
    PacerSettings pace =
        world.llm
            ? PacerSettings.llm(World.TIMEOUT_NS / 2, 40)
            : world.chance(0.2)
                ? PacerSettings.fixed(World.TIMEOUT_NS / 10)
                : new PacerSettings(
                    false, true, 500_000, World.TIMEOUT_NS / 4, 2, 8, 4, 50, 20, 20);
    pacer = new EpochPacer(pace, control);
    session =
        new PrimarySession(
            PrimarySettings.of(World.TIMEOUT_NS)
                .withSaveTimeout(World.TIMEOUT_NS * 3)
                .withStreams(world.llm),
            process.id,
            register,
            lastInput,
            world.random.nextLong() >>> 1,
            new SimPrimaryActions(this),
            this::onState,
            process.nowNs());
    session.begin(process.nowNs());
  }

  private void onState(String machine, Enum<?> from, Enum<?> to, long nowNs, String reason) {
    world.log(process.index, machine + " " + from + " -> " + to + ": " + reason);
    world.statistics.primary.count(from, to);
    world.transitions.onTransition(process, from, to);
    if (to == PrimaryState.PROTECTED && from == PrimaryState.WHOLE) {
      world.statistics.protections++;
    }
    if (to == PrimaryState.SOLO && from == PrimaryState.CLAIMING) {
      world.statistics.soloClaims++;
      world.checker.onSurvivor(process, guest.history);
    }
    if (from == PrimaryState.HANDED_OVER
        && to == PrimaryState.CLAIMING
        && world.planted == PlantedFault.GO_ON_BEFORE_WON) {
      control.resume(session.copy(), CaptureKind.NONE);
      gate.open();
    }
    if (to == PrimaryState.MOVED) {
      world.checker.onMoved(process, guest.history);
    }
  }

  @Override
  public boolean cycle(long nowNs) {
    session.cycleStart(nowNs);
    boolean worked = process.drain();
    session.readClock(process.nowNs());
    worked |= session.doWork(nowNs) > 0;
    worked |= saving.work();
    if (!guestStopped && !isStuck && !saving.isPaused()) {
      worked |= runGuest(nowNs);
    }
    return worked | ship();
  }

  // ---- the guest's thread

  private boolean runGuest(long nowNs) {
    boolean worked = false;
    for (int i = 0; i < EVENTS_PER_CYCLE; i++) {
      CaptureKind due = pacer.due(nowNs, guest.load);
      if (isPaused()) {
        return worked;
      }
      if (due != CaptureKind.NONE) {
        capture(due, nowNs);
        worked = true;
      }
      if (isPaused()) {
        return worked;
      }
      if (gate.held() > MAX_QUEUE || pacer.isHeldBack() && guest.remoteOutput.size() > MAX_QUEUE) {
        return worked;
      }
      if (!guest.remote.isEmpty()) {
        consumeRemote();
      } else if (!guest.local.isEmpty()) {
        consumeLocal();
      } else {
        // Output that waits is captured by pace.
        return worked | guest.load.outputBytes > 0;
      }
      worked = true;
    }
    return worked;
  }

  private boolean isPaused() {
    return pacer.isPaused() && world.planted != PlantedFault.SWITCHOVER_WITHOUT_PAUSE;
  }

  private void consumeLocal() {
    SimGuest.Input input = guest.local.poll();
    Answer reply = world.machine ? guest.receive(input) : guest.consume(input, false);
    if (reply != null) {
      guest.load.outputBytes++;
      gate.pass(reply);
    }
  }

  private void consumeRemote() {
    SimGuest.Input input = guest.remote.poll();
    Answer reply = guest.consume(input, true);
    guest.load.outputBytes++;
    if (world.llm) {
      Message output = new Message(Message.Type.OUTPUT).number(++outputSequence);
      output.second = input.sequence();
      output.content = reply;
      retained.keep(pacer.epoch() + 1, output, 1);
      queue.add(output);
    } else {
      guest.remoteOutput.add(reply);
    }
  }

  private void capture(CaptureKind kind, long nowNs) {
    process.step();
    pacer.onCaptured(kind);
    pacer.onResumed(nowNs);
    SimCapture taken = new SimCapture();
    taken.kind = kind;
    taken.copy = pacer.copy();
    taken.epoch = pacer.epoch();
    taken.pages = guest.pages.clone();
    taken.dirty = guest.dirty.clone();
    taken.dirtyPages = (int) guest.load.dirtyPages;
    taken.disk = guest.disk.clone();
    taken.last = guest.last.clone();
    taken.history = guest.history;
    taken.inputPosition = guest.inputPosition;
    taken.stampNs = guest.stampNs;
    java.util.Arrays.fill(guest.dirty, false);
    if (kind == CaptureKind.ROUND) {
      guest.load.dirtyPages = 0;
    } else {
      if (kind == CaptureKind.GATE && world.planted != PlantedFault.GATE_LEFT_OPEN) {
        gate.close();
      }
      List<Answer> atOwnGate = gate.cut(taken.epoch);
      // Frames ride with their checkpoint; a service's own sessions do not survive this node.
      taken.output = world.machine ? atOwnGate : new ArrayList<>(guest.remoteOutput);
      guest.remoteOutput.clear();
      guest.clearLoad();
    }
    if (session.onCaptured(taken.copy, kind, taken.epoch)) {
      capture = taken;
      encode(taken);
    } else {
      control.captureReleased();
    }
  }

  // ---- encoding and shipping, a little per cycle

  private void encode(SimCapture taken) {
    Message begin = new Message(Message.Type.BEGIN).number(taken.epoch).content(taken.kind);
    begin.second = taken.epoch == 0 ? session.round() : 0;
    begin.released = gate.releasedEpoch();
    encoding.add(begin);
    int batch = 0;
    long sum = 17;
    for (int page = 0; page < SimGuest.PAGES; page++) {
      if (taken.dirty[page]) {
        Message message = new Message(Message.Type.BATCH).number(taken.epoch).second(batch++);
        message.pages = new long[] {page};
        message.values = new long[] {shadow.difference(taken, page)};
        sum = SimImage.checksum(sum, message);
        encoding.add(message);
      }
    }
    Message end = new Message(Message.Type.END).number(taken.epoch).second(taken.inputPosition);
    end.stampNs = taken.stampNs;
    end.content = taken;
    end.output = taken.output;
    end.checksum = sum + batch;
    end.disk = world.machine ? shadow.diskWrites(taken) : null;
    encoding.add(end);
  }

  private boolean ship() {
    boolean worked = false;
    int budget = process.slowLink ? 1 : 12;
    while (capture != null && budget > 0 && !encoding.isEmpty()) {
      worked = true;
      process.step();
      Message message = (Message) encoding.poll();
      if (capture.kind != CaptureKind.ROUND) {
        retained.keep(capture.epoch, message, 1);
        world.checker.onKept(process, retained.epochs());
      }
      queue.add(message);
      budget--;
      if (message.type == Message.Type.END) {
        finish();
      }
    }
    int sends = process.slowLink ? 1 : 64;
    while (linkSession != 0 && sends-- > 0 && !queue.isEmpty()) {
      worked = true;
      process.step();
      send(queue.poll().copy());
    }
    return worked;
  }

  private void finish() {
    SimCapture done = capture;
    capture = null;
    control.captureReleased();
    session.onShipped(done.copy, done.kind, done.epoch, done.dirtyPages);
    if (done.kind == CaptureKind.HANDOVER && world.planted == PlantedFault.HANDOVER_BEFORE_COMMIT) {
      session.onAck(done.epoch);
    }
    if (world.planted == PlantedFault.RELEASE_BEFORE_ACK && done.kind != CaptureKind.ROUND) {
      gate.release(done.epoch);
    }
  }

  void send(Message message) {
    message.generation = generation;
    message.linkSession = linkSession;
    sendRaw(message);
  }

  void sendRaw(Message message) {
    SimProcess to = peerNode();
    if (to != null) {
      process.send(to.index, message);
    }
  }

  private SimProcess peerNode() {
    for (SimProcess other : world.nodes) {
      if (session.backup() != null && other.id.name().equals(session.backup().name())) {
        return other;
      }
    }
    return null;
  }

  void dropCopy() {
    capture = null;
    encoding.clear();
    queue.clear();
    retained.clear(message -> {});
    control.request(0, CaptureKind.NONE);
    control.captureReleased();
    guest.remoteOutput.clear();
    outputSequence = 0;
    lostEpoch = -1;
  }

  // ---- what arrives

  @Override
  public void onMessage(Message message) {
    if (message.type == Message.Type.ACK && world.planted == PlantedFault.STALE_ACK_COUNTS) {
      gate.release(message.number);
    }
    if (message.isBound() && !session.admits(message.generation, message.linkSession)) {
      return;
    }
    switch (message.type) {
      case HELLO -> onHello((PeerHello) message.content);
      case ACK -> session.onAck(message.number);
      case INPUT -> onInput(message);
      case BASE -> onBase(message);
      case GOODBYE -> session.onGoodbye((Goodbye) message.content, "told");
      default -> {}
    }
  }

  /** As the real agent: a complete image helps only if everything after it is still kept. */
  private void onHello(PeerHello hello) {
    boolean kept = hello.lastCommittedEpoch() >= lostEpoch;
    session.onHello(hello.withCompleteImage(hello.completeImage() && kept));
  }

  private void onBase(Message message) {
    if (session.base().isAwaited()) {
      shadow.takeBase((long[]) message.content);
      session.base().onKept(true);
    }
  }

  /** More is unacked than can be kept: what was shipped cannot be sent again. */
  @Override
  public boolean loseRetained() {
    lostEpoch = retained.lastEpoch();
    return true;
  }

  @Override
  public void crashGuest() {
    guestFailed = true;
    session.onGuestFailed("it crashed");
  }

  private void onInput(Message message) {
    boolean take = session.onInput(message.number) == PrimarySession.InputVerdict.ACCEPT;
    boolean isFull = guest.remote.size() >= MAX_QUEUE || world.smallLog && world.chance(0.05);
    if (take && isFull) {
      session.onInputRefused();
      return;
    }
    boolean planted =
        world.planted == PlantedFault.RESEND_FROM_COMMIT
            && message.linkSession == linkSession
            && session.state() == PrimaryState.PROTECTED;
    if (take || planted) {
      guest.remote.add(
          new SimGuest.Input(message.number, message.stampNs, message.second, message.request));
      if (take) {
        session.onInputReceived(message.number);
      }
    }
  }

  @Override
  public void onClient(long ofSession, long request) {
    if (world.machine && linkSession != 0) {
      // Best effort: the backup replays it should this node die before a commit covers it.
      send(new Message(Message.Type.MIRROR).second(ofSession).number(request));
    }
    // A service's front has nothing more of a client that it has closed.
    boolean hears = world.machine || process.clientOf(ofSession) != null;
    boolean hasRoom = !world.machine || !guestStopped && guest.local.size() < MAX_QUEUE;
    if (hears && hasRoom) {
      guest.local.add(new SimGuest.Input(0, 0, ofSession, request));
    }
  }

  @Override
  public long[] memory() {
    return guest.pages.clone();
  }

  @Override
  public NodeId peer() {
    return session.backup();
  }

  @Override
  public SessionEvents events() {
    return session.events();
  }

  @Override
  public boolean isOver() {
    return session.state().isTerminal();
  }

  @Override
  public String describe() {
    return "primary "
        + session.state()
        + " (inputs %d+%d, held %d, queued %d, epochs kept %d, acked %d%s)"
            .formatted(
                guest.remote.size(),
                guest.local.size(),
                gate.held(),
                queue.size(),
                retained.epochs(),
                session.ackedEpoch(),
                capture == null ? "" : ", encoding");
  }

  @Override
  public PrimarySession session() {
    return session;
  }

  @Override
  public GuestHistory history() {
    return guest.history;
  }

  @Override
  public boolean isGuestStopped() {
    return guestStopped;
  }

  @Override
  public boolean isGateOpen() {
    return !gate.isClosed() && !guestStopped && !saving.isPaused();
  }
}
