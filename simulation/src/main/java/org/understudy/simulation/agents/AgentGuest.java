package org.understudy.simulation.agents;

import java.util.ArrayDeque;
import org.agrona.DirectBuffer;
import org.understudy.checkpoint.guest.CaptureKind;
import org.understudy.checkpoint.guest.ClientFront;
import org.understudy.checkpoint.guest.Guest;
import org.understudy.checkpoint.guest.GuestDescription;
import org.understudy.checkpoint.guest.GuestHost;
import org.understudy.checkpoint.guest.GuestLoad;
import org.understudy.checkpoint.guest.InputKind;
import org.understudy.checkpoint.guest.OutputGate;
import org.understudy.checkpoint.memory.GuestMemory;
import org.understudy.checkpoint.track.CapturedSet;
import org.understudy.checkpoint.track.WriteBarrier;

/**
 * A guest like a service: it consumes inputs of the backup's log and of its own front, changes its
 * memory with each, and answers. Its thread is {@link #turn}, which the scheduler calls.
 */
public final class AgentGuest implements Guest {
  private static final int EVENTS_PER_TURN = 4;
  private static final int MOST_WAITING = 64;
  private static final long LONGEST_PARK_NS = 5_000_000;
  private static final long PACING_PARK_NS = 500_000;

  private final Surroundings around;
  private final GuestDescription description;
  private final GuestMemory memory;
  private final AgentFront front;
  private final WriteBarrier barrier;
  private final GuestState state;
  private final GuestAnswers answers;
  private final FrontDoor door;
  private final GuestClock clock = new GuestClock();
  private final ArrayDeque<Runnable> orders = new ArrayDeque<>();
  private final InputQueue inputs;
  private final GuestLoad load = new GuestLoad();
  private final ClientFront.Sink onLocal = this::onLocalEvent;
  private GuestHost host;
  private AgentCapture capture;
  private long entry;
  private boolean paused;
  private boolean inTurn;
  private boolean closed;
  private boolean failed;
  private boolean freed;

  /** A new guest, or one that goes on in this memory. */
  public AgentGuest(
      Surroundings around,
      GuestDescription description,
      GuestMemory memory,
      AgentFront front,
      int queueLimit,
      long clockNs) {
    this.around = around;
    this.description = description;
    this.memory = memory;
    this.front = front;
    inputs = new InputQueue(around, queueLimit);
    boolean streams = description.deterministic();
    // More copies than pages: a writer never waits, which nobody here could end.
    barrier = new WriteBarrier(memory, description.layout().totalPages() + 1);
    state = new GuestState(memory, barrier);
    answers = new GuestAnswers(front, barrier, streams);
    door = new FrontDoor(front, streams);
    entry = state.entry();
    clock.set(Math.max(state.stampNs(), clockNs), around.nowNs());
  }

  /** The type of a guest of so many pages. */
  public static GuestDescription description(int pages, boolean deterministic) {
    return GuestState.description(pages, deterministic);
  }

  // ---- the simulation's side

  /** The last entry of its history. */
  public long entry() {
    return entry;
  }

  /** It was restored, and inputs after this one come next. */
  public void restoredAt(long inputPosition) {
    if (inputPosition < state.inputPosition()) {
      around.violation(
          "inputs once: the replay begins after "
              + inputPosition
              + ", the image is at "
              + state.inputPosition());
    }
    inputs.beginAfter(inputPosition);
  }

  /** It runs no more. */
  public boolean isStopped() {
    return closed || failed;
  }

  /** Its own output passes freely. */
  public boolean isGateOpen() {
    return answers.gate.isOpen() && !isStopped();
  }

  /** It crashes. */
  public void crash() {
    failed = true;
    answers.gate.discard();
    host.guestFailed(new IllegalStateException("it crashed"));
  }

  /** What it did since its last capture is not known as a whole. */
  public void loseCapture() {
    order(() -> host.protectionBroken("more than could be recorded"));
  }

  /** Inputs and answers that wait, for messages. */
  public String describe() {
    String text = "inputs " + inputs.size() + ", answers " + answers + ", orders " + orders.size();
    return text + (paused ? ", paused" : "") + (door.isServing() ? ", serving" : "");
  }

  /** The process is gone. */
  public void dispose() {
    closed = true;
    free();
  }

  private void free() {
    if (!freed && !inTurn) {
      freed = true;
      barrier.close();
      memory.close();
    }
  }

  // ---- the agent's side

  @Override
  public GuestDescription description() {
    return description;
  }

  @Override
  public GuestMemory memory() {
    return memory;
  }

  @Override
  public String trackerName() {
    return barrier.name();
  }

  @Override
  public OutputGate localGate() {
    around.step();
    return answers.gate;
  }

  @Override
  public void start(GuestHost newHost) {
    host = newHost;
    wakeUp();
  }

  private void order(Runnable order) {
    around.step();
    orders.add(order);
    wakeUp();
  }

  private void abandonCapture() {
    if (capture != null) {
      capture.release();
    }
  }

  @Override
  public void startTracking() {
    inputs.anotherLog();
    abandonCapture();
    order(() -> {
      forgetEpoch();
      barrier.start();
    });
  }

  @Override
  public void stopTracking() {
    abandonCapture();
    order(() -> {
      barrier.stop();
      forgetEpoch();
    });
  }

  @Override
  public void openGate() {
    order(answers.gate::open);
  }

  @Override
  public boolean offerInput(
      long sequence,
      long stampNs,
      InputKind kind,
      long sessionId,
      DirectBuffer bytes,
      int offset,
      int length) {
    around.step();
    if (!inputs.offer(sequence, stampNs, kind, sessionId, bytes, offset, length)) {
      return false;
    }
    wakeUp();
    return true;
  }

  @Override
  public void serveLocally(boolean on) {
    long after = inputs.lastOffered();
    order(() -> {
      door.order(on, after);
      serveIfDue();
    });
  }

  @Override
  public void closeRemoteSessions() {
    inputs.anotherLog();
    long upTo = inputs.lastOffered();
    order(() -> {
      inputs.dropUpTo(upTo);
      answers.remote.clear();
    });
  }

  @Override
  public long runningSinceNs() {
    return around.nowNs();
  }

  @Override
  public void wakeUp() {
    around.wakeGuest();
  }

  @Override
  public int queuedInputs() {
    return inputs.size();
  }

  @Override
  public ClientFront front() {
    return front;
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    if (!failed) {
      around.gaveUp("the guest is stopped");
    }
    closed = true;
    answers.gate.discard();
    abandonCapture();
    free();
  }

  // ---- the guest's thread

  /** One turn; whether there was anything to do. */
  public boolean turn() {
    if (host == null || isStopped() || inTurn) {
      return false;
    }
    inTurn = true;
    try {
      boolean worked = takeOrders() | work();
      around.guestSleeps(worked ? 0 : awaitsCapture() ? PACING_PARK_NS : LONGEST_PARK_NS);
      return worked;
    } catch (ClosedGuest e) {
      return true;
    } finally {
      inTurn = false;
      if (closed) {
        free();
      }
    }
  }

  /** Between any two calls of its thread; it may be closed meanwhile. */
  private void step() {
    around.between();
    if (isStopped()) {
      throw new ClosedGuest();
    }
  }

  private boolean takeOrders() {
    boolean any = false;
    for (Runnable order = orders.poll(); order != null; order = orders.poll()) {
      order.run();
      step();
      any = true;
    }
    return any;
  }

  private boolean awaitsCapture() {
    return barrier.isTracking() && !paused && isReleased() && !load.isIdle();
  }

  private boolean isReleased() {
    return capture == null || capture.pages().isReleased();
  }

  private boolean work() {
    boundary();
    boolean worked = false;
    for (int i = 0; i < EVENTS_PER_TURN && mayRun() && !inputs.isEmpty(); i++) {
      consumeRemote(inputs.poll());
      worked = true;
    }
    serveIfDue();
    if (door.isServing() || front.sessions() > 0) {
      worked |= front.poll(onLocal) > 0;
    }
    return worked;
  }

  private boolean mayRun() {
    return !paused && streamOut() && answers.waiting() < MOST_WAITING;
  }

  private boolean streamOut() {
    return answers.streamOut(host, state.inputPosition());
  }

  private void serveIfDue() {
    if (door.opens(inputs)) {
      clock.set(Math.max(state.stampNs(), clock.stampNs(around.nowNs())), around.nowNs());
      front.startAccepting(answers.remote.nextLocalSession());
    }
  }

  private void consumeRemote(GuestInput input) {
    if (input.sequence() <= state.inputPosition()) {
      around.violation("inputs once: " + input + " after " + state.inputPosition());
    }
    if (input.kind() == InputKind.SESSION_OPENED) {
      answers.remote.opened(input.session(), front.isConnected(input.session()));
    }
    if (input.stampNs() < state.remoteStampNs()) {
      around.violation("stamp goes back: " + input.stampNs() + " after " + state.remoteStampNs());
    }
    state.remoteStampNs(input.stampNs());
    event(input);
    state.inputPosition(input.sequence());
    afterEvent();
  }

  private boolean onLocalEvent(
      InputKind kind, long sessionId, DirectBuffer buffer, int offset, int length) {
    if (!door.wasOpen() || !mayRun()) {
      return false;
    }
    if (kind == InputKind.SESSION_OPENED) {
      answers.remote.opened(sessionId, true);
    }
    long stampNs = clock.stampNs(around.nowNs());
    event(GuestInput.of(0, stampNs, kind, sessionId, buffer, offset, length));
    afterEvent();
    return true;
  }

  private void event(GuestInput input) {
    state.stampNs(input.stampNs());
    if (input.kind() == InputKind.BYTES) {
      entry = around.consumed(entry, input.client(), input.request());
      state.consumed(entry, around.choiceAt(entry));
      answers.answer(input.session(), entry);
    } else if (input.kind() == InputKind.SESSION_CLOSED) {
      answers.close(input.session());
    }
    load.consumedInputs++;
  }

  private void afterEvent() {
    streamOut();
    step();
    boundary();
  }

  private void boundary() {
    load.outputBytes = answers.uncapturedBytes();
    load.dirtyPages = barrier.dirtyPages();
    load.fullestQueuePercent =
        Math.max(inputs.percent(), Math.min(100, 100 * answers.waiting() / MOST_WAITING));
    CaptureKind kind = host.captureDue(around.nowNs(), load);
    step();
    paused = paused && !host.goesOn();
    boolean can =
        barrier.isTracking() && isReleased() && !paused && orders.isEmpty() && streamOut();
    if (kind != CaptureKind.NONE && can) {
      capture(kind);
      step();
    }
  }

  private void capture(CaptureKind kind) {
    long pausedNs = around.nowNs();
    boolean cuts = kind != CaptureKind.ROUND;
    CapturedSet pages = barrier.flip(kind);
    long number = 0;
    if (cuts) {
      number = around.captured(memory.segment(), entry, kind == CaptureKind.FINAL);
    }
    capture =
        new AgentCapture(
            kind,
            pages,
            cuts ? AgentCapture.number(number) : AgentCapture.NOTHING,
            cuts ? answers.remote.take() : AgentCapture.NOTHING,
            state.inputPosition(),
            Math.max(state.stampNs(), clock.stampNs(pausedNs)),
            this::wakeUp);
    paused = kind.pausesGuest();
    host.captured(capture);
    clearLoad();
    if (!paused) {
      host.resumed(around.nowNs() - pausedNs);
    }
  }

  private void forgetEpoch() {
    answers.remote.clear();
    clearLoad();
  }

  private void clearLoad() {
    load.outputBytes = 0;
    load.consumedInputs = 0;
    load.dirtyPages = 0;
  }
}
