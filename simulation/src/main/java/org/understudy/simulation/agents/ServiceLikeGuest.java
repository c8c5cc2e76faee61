package org.understudy.simulation.agents;

import org.agrona.DirectBuffer;
import org.understudy.checkpoint.guest.CaptureKind;
import org.understudy.checkpoint.guest.ClientFront;
import org.understudy.checkpoint.guest.GuestDescription;
import org.understudy.checkpoint.guest.GuestLoad;
import org.understudy.checkpoint.guest.InputKind;
import org.understudy.checkpoint.memory.GuestMemory;

/**
 * A guest like a service: it consumes inputs of the backup's log and of its own front, changes its
 * memory with each, and answers.
 */
public final class ServiceLikeGuest extends AgentGuest {
  private static final long[] NO_DISK = {};

  private final AgentFront front;
  private final GuestAnswers answers;
  private final FrontDoor door;
  private final GuestClock clock = new GuestClock();
  private final InputQueue inputs;
  private final ClientFront.Sink onLocal = this::onLocalEvent;

  /** A new guest, or one that goes on in this memory. */
  public ServiceLikeGuest(
      Surroundings around,
      GuestDescription description,
      GuestMemory memory,
      AgentFront front,
      int queueLimit,
      long clockNs) {
    super(
        around,
        description,
        memory,
        (session, entry) -> front.send(session, AgentCapture.number(entry), 0, Long.BYTES));
    this.front = front;
    inputs = new InputQueue(around, queueLimit);
    boolean streams = description.deterministic();
    answers = new GuestAnswers(front, gate, barrier, streams);
    door = new FrontDoor(front, streams);
    clock.set(Math.max(state.stampNs(), clockNs), around.nowNs());
  }

  /** The type of a guest of so many pages. */
  public static GuestDescription description(int pages, boolean deterministic) {
    return GuestState.description(pages, deterministic, true);
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

  @Override
  String waits() {
    return "inputs "
        + inputs.size()
        + ", answers "
        + answers
        + (door.isServing() ? ", serving" : "");
  }

  // ---- the agent's side

  @Override
  public void startTracking() {
    inputs.anotherLog();
    super.startTracking();
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
  public int queuedInputs() {
    return inputs.size();
  }

  @Override
  public ClientFront front() {
    return front;
  }

  // ---- the guest's thread

  @Override
  boolean work() {
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
    return !isPaused() && canBeCaptured() && answers.waiting() < MOST_WAITING;
  }

  /** Not before what does not wait for a capture is on its way. */
  @Override
  boolean canBeCaptured() {
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
    canBeCaptured();
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
    canBeCaptured();
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

  @Override
  void measure(GuestLoad into) {
    into.outputBytes = answers.uncapturedBytes();
    into.fullestQueuePercent =
        Math.max(inputs.percent(), Math.min(100, 100 * answers.waiting() / MOST_WAITING));
  }

  @Override
  AgentCapture.Sections take(CaptureKind kind) {
    return kind == CaptureKind.ROUND
        ? AgentCapture.Sections.NONE
        : AgentCapture.Sections.ofOutput(answers.remote.take());
  }

  @Override
  long stampOfCaptureNs() {
    return Math.max(state.stampNs(), clock.stampNs(around.nowNs()));
  }

  @Override
  void onTrackingStarts() {
    answers.remote.clear();
  }

  @Override
  void onTrackingStops() {
    answers.remote.clear();
  }

  @Override
  long[] disk() {
    return NO_DISK;
  }
}
