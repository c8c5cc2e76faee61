package org.understudy.service.guest;

import java.util.BitSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.agrona.DirectBuffer;
import org.understudy.checkpoint.guest.CaptureKind;
import org.understudy.checkpoint.guest.ClientFront;
import org.understudy.checkpoint.guest.GuestHost;
import org.understudy.checkpoint.guest.GuestLoad;
import org.understudy.checkpoint.guest.InputKind;
import org.understudy.checkpoint.guest.OutputRecords;
import org.understudy.checkpoint.track.CapturedSet;
import org.understudy.checkpoint.track.DirtyTracker;

/**
 * What the guest's thread does: takes inputs of the backup's log and of its own front, fires
 * timers, and captures between two events. Bounds are enforced there too: with too much output
 * waiting, no more input is taken. All methods are called on the guest's thread.
 */
final class DutyCycle {
  private static final int INPUTS_PER_CYCLE = 64;
  private static final long NOT_ORDERED = -1;

  private final ServiceRuntime runtime;
  private final ServiceSettings settings;
  private final DirtyTracker tracker;
  private final InputRing ring;
  private final ClientFront front;
  private final LocalGate gate;
  private final SoloClock clock = new SoloClock();
  private final GuestLoad load = new GuestLoad();
  private final Runnable onReleased;
  private final InputRing.Handler onRemote = this::onRemoteInput;
  private final ClientFront.Sink onLocal = this::onLocalEvent;
  private final InputRing.Handler dropped = (a, b, kind, session, buffer, offset, length) -> true;
  private GuestHost host;
  private volatile ServiceCapture capture;
  private long inputPosition;
  private boolean serving;

  /** Events of the own front are taken: not before all of a takeover's log was replayed. */
  private boolean frontOpen;

  /** Ring position at which serving begins; {@link #NOT_ORDERED} if it was not asked for. */
  private long serveAt = NOT_ORDERED;

  private boolean paused;
  private boolean blocked;
  private int streamed;
  private volatile boolean stopped;
  private volatile int localSessions;

  /** Orders of the agent that make a capture void; a cut in progress must notice. */
  private final AtomicInteger abandonOrders = new AtomicInteger();

  private int abandonOrdersSeen;

  DutyCycle(
      ServiceRuntime runtime,
      ServiceSettings settings,
      DirtyTracker tracker,
      InputRing ring,
      ClientFront front,
      LocalGate gate,
      Runnable onReleased) {
    this.runtime = runtime;
    this.settings = settings;
    this.tracker = tracker;
    this.ring = ring;
    this.front = front;
    this.gate = gate;
    this.onReleased = onReleased;
    this.capture = new ServiceCapture(onReleased, settings.outputLimitBytes());
    runtime.outputs(gate.current(), new OutputBuffer(settings.outputLimitBytes()));
  }

  /** Before the first cycle. */
  void begin(GuestHost newHost, long restoredInputPosition, long clockNs, long nowNs) {
    host = newHost;
    inputPosition = restoredInputPosition;
    clock.set(Math.max(runtime.stampNs(), clockNs), nowNs);
  }

  /** From any thread: nothing that happens from now on may be seen. */
  void stop() {
    stopped = true;
    gate.discard();
  }

  /** From any thread: nobody reads the capture any more; a guest held back by it goes on. */
  void abandonCapture() {
    abandonOrders.incrementAndGet();
    capture.release();
  }

  /** How many sessions are at the own front; any thread. */
  int localSessions() {
    return localSessions;
  }

  /**
   * One cycle; returns the work done.
   *
   * @param inputsOffered inputs that were there before the node's orders were taken up: a later one
   *     may come after an order that is still unseen, and must not overtake it
   */
  int doWork(long inputsOffered) {
    boundary(System.nanoTime());
    int work = gate.drain() ? 1 : 0;
    blocked = !settle();
    if (!blocked) {
      work += ring.pollUpTo(onRemote, INPUTS_PER_CYCLE, inputsOffered);
    }
    serveIfDue();
    if (drivesFront()) {
      work += front.poll(onLocal);
      localSessions = front.sessions();
    }
    if (serving && timerDue(System.nanoTime())) {
      runtime.advanceClock(runtime.nextTimerNs());
      settle();
      work++;
    }
    return stopped ? 0 : work;
  }

  /** Whether the front has something to do on this thread. */
  boolean drivesFront() {
    return serving || front.sessions() > 0;
  }

  /** Whether a cycle would find something to do without the front. */
  boolean hasInput() {
    return !blocked && !ring.isEmpty();
  }

  /** The host has to be asked again soon, as something waits for a capture. */
  boolean awaitsCapture() {
    return tracker.isTracking() && !paused && capture.isReleased() && !load.isIdle();
  }

  /** Time until the next timer of a solo service; MAX_VALUE for none. */
  long untilTimerNs(long nowNs) {
    long next = runtime.nextTimerNs();
    return serving && !blocked && next != Long.MAX_VALUE
        ? Math.max(0, next - clock.stampNs(nowNs))
        : Long.MAX_VALUE;
  }

  private boolean timerDue(long nowNs) {
    return runtime.nextTimerNs() <= clock.stampNs(nowNs);
  }

  // ---- orders of the node

  /** Serves from this ring position on: what clients sent before it is in the ring. */
  void serve(long ringPosition) {
    serveAt = ringPosition;
    serveIfDue();
  }

  void stopServing() {
    serveAt = NOT_ORDERED;
    if (serving) {
      serving = false;
      front.stopAccepting();
      if (settings.streamOutput()) {
        // Their inputs are in no backup's log: early output must not come to depend on them (S4).
        runtime.closeLocalSessions();
        settle();
      }
    }
  }

  private void serveIfDue() {
    if (serveAt == NOT_ORDERED || ring.consumerPosition() < serveAt) {
      return;
    }
    serveAt = NOT_ORDERED;
    if (!serving) {
      serving = true;
      frontOpen = true;
      long nowNs = System.nanoTime();
      clock.set(Math.max(runtime.stampNs(), clock.stampNs(nowNs)), nowNs);
      front.startAccepting(firstLocalSessionId());
    }
  }

  /**
   * Ids must never meet those of a backup's front: that one begins at its generation times 2^40,
   * and a block is begun here only after an id of another front was seen.
   */
  private long firstLocalSessionId() {
    long highest = runtime.highestSessionId();
    long block = ServiceGuest.SESSION_BLOCK;
    return runtime.highestSessionIsLocal() ? highest + 1 : (highest / block + 1) * block;
  }

  void startTracking() {
    stopTracking();
    capture = new ServiceCapture(onReleased, settings.outputLimitBytes());
    BitSet used = new BitSet();
    runtime.pages().forEachUsedRun((page, count) -> used.set(page, page + count));
    tracker.start(used::get);
  }

  void stopTracking() {
    abandonOrdersSeen = abandonOrders.get();
    tracker.stop();
    capture.free();
    capture = new ServiceCapture(onReleased, settings.outputLimitBytes());
    runtime.remoteOutput().clear();
    streamed = 0;
    clearLoad();
  }

  /** Drops what is in the ring up to a position, and closes the sessions behind it. */
  void closeRemoteSessions(long ringPosition) {
    while (ring.consumerPosition() < ringPosition) {
      ring.poll(dropped, 1);
    }
    runtime.remoteOutput().clear();
    streamed = 0;
    runtime.closeRemoteSessions();
    settle();
  }

  // ---- events

  private boolean onRemoteInput(
      long sequence,
      long stampNs,
      InputKind kind,
      long sessionId,
      DirectBuffer buffer,
      int offset,
      int length) {
    boolean local = kind == InputKind.SESSION_OPENED && isConnectedHere(sessionId);
    if (!event(stampNs, kind, sessionId, local, buffer, offset, length)) {
      blocked = true;
      return false;
    }
    inputPosition = sequence;
    afterEvent();
    return true;
  }

  /** After a takeover the log is replayed while its clients are already at this node's front. */
  private boolean isConnectedHere(long sessionId) {
    return front.isConnected(sessionId);
  }

  private boolean onLocalEvent(
      InputKind kind, long sessionId, DirectBuffer buffer, int offset, int length) {
    if (!frontOpen) {
      return false;
    }
    long stampNs = clock.stampNs(System.nanoTime());
    if (!event(stampNs, kind, sessionId, true, buffer, offset, length)) {
      return false;
    }
    afterEvent();
    return true;
  }

  private boolean event(
      long stampNs,
      InputKind kind,
      long sessionId,
      boolean local,
      DirectBuffer buffer,
      int offset,
      int length) {
    if (!mayRun()) {
      return false;
    }
    runtime.advanceClock(stampNs);
    if (!settle()) {
      return false;
    }
    switch (kind) {
      case SESSION_OPENED -> runtime.sessionOpened(sessionId, local);
      case BYTES -> runtime.input(sessionId, buffer, offset, length);
      case SESSION_CLOSED -> runtime.sessionClosed(sessionId);
      case TIMER -> settle();
      default -> throw new IllegalStateException("a service takes no input of kind " + kind);
    }
    return true;
  }

  /** Runs what is pending; false if it has to wait for a capture, a commit or the link. */
  private boolean settle() {
    while (mayRun()) {
      if (!runtime.runPending()) {
        return true;
      }
      afterEvent();
    }
    return false;
  }

  private boolean mayRun() {
    return !stopped && !paused && streamOut() && waitingBytes() < settings.heldOutputBytes();
  }

  private long waitingBytes() {
    return runtime.remoteOutput().length() + gate.waitingBytes();
  }

  private void afterEvent() {
    load.consumedInputs++;
    if (stopped) {
      return;
    }
    gate.drain();
    streamOut();
    boundary(System.nanoTime());
  }

  /** Sends the rest of the last event's output on its way; false if the link has no room. */
  private boolean streamOut() {
    OutputBuffer output = runtime.remoteOutput();
    if (!tracker.isTracking()) {
      // Nobody carries it: its clients were at a front that is gone.
      output.clear();
      streamed = 0;
    }
    if (!settings.streamOutput() || output.length() == 0) {
      return true;
    }
    while (streamed < output.length()) {
      int payload = streamed + OutputRecords.HEADER_BYTES;
      long sessionId = output.sessionAt(streamed);
      int length = output.lengthAt(streamed);
      if (!host.offerOutput(sessionId, output.buffer(), payload, length, inputPosition)) {
        return false;
      }
      streamed = payload + Math.max(0, length);
    }
    output.clear();
    streamed = 0;
    return true;
  }

  // ---- captures

  private void boundary(long nowNs) {
    if (stopped) {
      return;
    }
    load.outputBytes = runtime.remoteOutput().length() + (long) gate.currentBytes();
    load.dirtyPages = tracker.dirtyPages();
    load.fullestQueuePercent =
        Math.max(
            ring.usedPercent(),
            (int) Math.min(100, 100 * waitingBytes() / settings.heldOutputBytes()));
    CaptureKind kind = host.captureDue(nowNs, load);
    paused = paused && !host.goesOn();
    if (kind != CaptureKind.NONE
        && !paused
        && tracker.isTracking()
        && capture.isReleased()
        && streamOut()) {
      capture(kind, nowNs);
    }
    runtime.outputs(gate.current(), runtime.remoteOutput());
  }

  private void capture(CaptureKind kind, long pausedNs) {
    boolean cuts = kind != CaptureKind.ROUND;
    int orders = abandonOrders.get();
    if (orders != abandonOrdersSeen) {
      return; // a new start or the end of tracking is on its way
    }
    if (cuts) {
      runtime.seal();
    }
    CapturedSet pages = tracker.flip(kind);
    if (cuts) {
      runtime.outputs(gate.current(), capture.open(kind, pages, runtime.remoteOutput()));
    } else {
      capture.openRound(pages);
    }
    // The time goes on in a service to which nothing happens: who takes over goes on from now.
    long shownNs = Math.max(runtime.stampNs(), clock.stampNs(pausedNs));
    capture.at(inputPosition, shownNs, runtime.nextTimerNs());
    if (stopped || abandonOrders.get() != orders) {
      capture.release();
      return;
    }
    paused = kind.pausesGuest();
    host.captured(capture);
    clearLoad();
    if (cuts && settings.restoreEveryEpoch()) {
      runtime.reopen();
    }
    tracker.awaitResume();
    if (!paused) {
      host.resumed(System.nanoTime() - pausedNs);
    }
  }

  private void clearLoad() {
    load.outputBytes = 0;
    load.consumedInputs = 0;
    load.dirtyPages = 0;
  }

  /** Gives back memory, after the last cycle. */
  void free() {
    capture.free();
    runtime.remoteOutput().close();
    gate.free();
  }
}
