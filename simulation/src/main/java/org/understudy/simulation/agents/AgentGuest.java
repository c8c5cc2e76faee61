package org.understudy.simulation.agents;

import java.util.ArrayDeque;
import org.understudy.checkpoint.guest.CaptureKind;
import org.understudy.checkpoint.guest.Guest;
import org.understudy.checkpoint.guest.GuestDescription;
import org.understudy.checkpoint.guest.GuestHost;
import org.understudy.checkpoint.guest.GuestLoad;
import org.understudy.checkpoint.guest.OutputGate;
import org.understudy.checkpoint.memory.GuestMemory;
import org.understudy.checkpoint.memory.ZeroPages;
import org.understudy.checkpoint.track.CapturedSet;
import org.understudy.checkpoint.track.WriteBarrier;

/**
 * What both kinds of simulated guests have in common: memory behind a write barrier, orders,
 * captures, and a thread, {@link #turn}, that the scheduler calls.
 */
public abstract class AgentGuest implements Guest {
  static final int EVENTS_PER_TURN = 4;
  static final int MOST_WAITING = 64;
  private static final long LONGEST_PARK_NS = 5_000_000;
  private static final long PACING_PARK_NS = 500_000;

  final Surroundings around;
  final WriteBarrier barrier;
  final GuestState state;
  final AgentGate gate;
  final GuestLoad load = new GuestLoad();
  GuestHost host;

  /** The last one of its history. */
  long entry;

  private final GuestDescription description;
  private final GuestMemory memory;
  private final ArrayDeque<Runnable> orders = new ArrayDeque<>();
  private AgentCapture capture;
  private boolean paused;
  private boolean inTurn;
  private boolean closed;
  private boolean failed;
  private boolean freed;

  /** A new guest, or one that goes on in this memory; what passes its gate leaves by the exit. */
  AgentGuest(
      Surroundings around, GuestDescription description, GuestMemory memory, AgentGate.Exit exit) {
    this.around = around;
    this.description = description;
    this.memory = memory;
    // More copies than pages: a writer never waits, which nobody here could end.
    barrier = new WriteBarrier(memory, description.layout().totalPages() + 1);
    state = new GuestState(memory, barrier);
    gate = new AgentGate(exit);
    entry = state.entry();
  }

  // ---- what a kind of guest does

  /** Events of one turn; whether there were any. */
  abstract boolean work();

  /** A copy begins: what waits belongs to none, and from here on everything is recorded. */
  abstract void onTrackingStarts();

  /** The copy is over. */
  abstract void onTrackingStops();

  /** What of the load only this kind knows. */
  abstract void measure(GuestLoad into);

  /** Whether it can be captured now. */
  boolean canBeCaptured() {
    return true;
  }

  /** What a capture of this kind carries beside pages and state; taken once. */
  abstract AgentCapture.Sections take(CaptureKind kind);

  /** The guest's clock in a capture. */
  abstract long stampOfCaptureNs();

  /** What a machine's disk holds; empty for a service. */
  abstract long[] disk();

  /** Inputs and answers that wait, for messages. */
  abstract String waits();

  // ---- the simulation's side

  /** The last entry of its history. */
  public long entry() {
    return entry;
  }

  /** It runs no more. */
  public boolean isStopped() {
    return closed || failed;
  }

  /** Its own output passes freely. */
  public boolean isGateOpen() {
    return gate.isOpen() && !isStopped() && !paused;
  }

  /** It crashes. */
  public void crash() {
    failed = true;
    gate.discard();
    host.guestFailed(new IllegalStateException("it crashed"));
  }

  /** What it did since its last capture is not known as a whole. */
  public void loseCapture() {
    order(() -> host.protectionBroken("more than could be recorded"));
  }

  /** For messages. */
  public String describe() {
    return waits() + ", orders " + orders.size() + (paused ? ", paused" : "");
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
    return gate;
  }

  @Override
  public void start(GuestHost newHost) {
    host = newHost;
    wakeUp();
  }

  void order(Runnable order) {
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
    abandonCapture();
    order(() -> {
      clearLoad();
      onTrackingStarts();
      barrier.start(page -> !ZeroPages.isZero(memory, page));
    });
  }

  @Override
  public void stopTracking() {
    abandonCapture();
    order(() -> {
      barrier.stop();
      onTrackingStops();
      clearLoad();
    });
  }

  @Override
  public void openGate() {
    order(gate::open);
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
  public void close() {
    if (closed) {
      return;
    }
    if (!failed) {
      around.gaveUp("the guest is stopped");
    }
    closed = true;
    gate.discard();
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
      boolean worked = takeOrders();
      boundary();
      worked |= work();
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

  /** After its last capture it stands still, unless it goes on here. */
  boolean isPaused() {
    return paused;
  }

  void afterEvent() {
    step();
    boundary();
  }

  private void boundary() {
    load.dirtyPages = barrier.dirtyPages();
    measure(load);
    CaptureKind kind = host.captureDue(around.nowNs(), load);
    step();
    paused = paused && !host.goesOn();
    boolean can =
        barrier.isTracking() && isReleased() && !paused && orders.isEmpty() && canBeCaptured();
    if (kind != CaptureKind.NONE && can) {
      capture(kind);
      step();
    }
  }

  private void capture(CaptureKind kind) {
    long pausedNs = around.nowNs();
    CapturedSet pages = barrier.flip(kind);
    AgentCapture.Sections sections = take(kind);
    boolean cuts = kind != CaptureKind.ROUND;
    long number =
        cuts ? around.captured(memory.segment(), disk(), entry, kind == CaptureKind.FINAL) : 0;
    capture =
        new AgentCapture(
            kind,
            pages,
            cuts ? AgentCapture.number(number) : AgentCapture.NOTHING,
            sections,
            state.inputPosition(),
            stampOfCaptureNs(),
            this::wakeUp);
    paused = kind.pausesGuest();
    host.captured(capture);
    clearLoad();
    if (!paused) {
      host.resumed(around.nowNs() - pausedNs);
    }
  }

  private void clearLoad() {
    load.outputBytes = 0;
    load.consumedInputs = 0;
    load.dirtyPages = 0;
  }
}
