package org.understudy.simulation.engine;

import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.understudy.checkpoint.guest.CaptureKind;
import org.understudy.checkpoint.guest.Guest;
import org.understudy.checkpoint.guest.GuestDescription;
import org.understudy.checkpoint.guest.GuestHost;
import org.understudy.checkpoint.guest.GuestLoad;
import org.understudy.checkpoint.guest.InputKind;
import org.understudy.checkpoint.guest.OutputGate;
import org.understudy.checkpoint.guest.OutputRecords;
import org.understudy.checkpoint.memory.GuestMemory;
import org.understudy.checkpoint.track.CapturedSet;
import org.understudy.checkpoint.track.CompareTracker;
import org.understudy.checkpoint.track.DirtyTracker;
import org.understudy.checkpoint.track.WriteBarrier;

/**
 * A guest with everything that a capture can carry, on a thread of its own: random writes, opaque
 * device state, ordered disk writes, frames through a gate on its node or replies for the backup's
 * front. It says nothing about what it is.
 */
final class FakeGuest implements Guest {
  private static final int QUEUED_INPUTS = 64;
  private static final int MOST_WAITING = 2000;
  private static final int DEVICE_STATE_BYTES = 3000;

  /** Parts of the fake disk, one per round: more rounds than pages alone would be given. */
  static final int DISK_PARTS = 12;

  private final FakeGuestType type;
  private final GuestMemory memory;
  private final WriteBarrier barrier;
  private final DirtyTracker tracker;
  private final FakeGate gate;
  private final FakeFront front;
  private final FakeState state;
  private final ArrayBlockingQueue<Runnable> inputs = new ArrayBlockingQueue<>(QUEUED_INPUTS);
  private final ConcurrentLinkedQueue<Runnable> orders = new ConcurrentLinkedQueue<>();
  private final ArrayDeque<Long> diskWrites = new ArrayDeque<>();
  private final ArrayDeque<long[]> replies = new ArrayDeque<>();
  private final GuestLoad load = new GuestLoad();
  GuestHost host;
  private Thread thread;
  private boolean paused;
  private boolean serving;
  private int partsToCopy;
  private long mirrored;
  private volatile FakeCapture capture;
  private volatile boolean stopped;
  private volatile long stepsWanted;
  private volatile boolean holding;
  private volatile boolean held;
  private volatile boolean busy;
  private volatile long stepsMade;
  volatile long lingerNs;
  private final java.util.List<Long> notes = new java.util.concurrent.CopyOnWriteArrayList<>();

  FakeGuest(FakeGuestType type, GuestMemory memory, FakeFront front) {
    this.type = type;
    this.memory = memory;
    this.front = front;
    barrier = type.comparing() ? null : new WriteBarrier(memory, 16);
    tracker = type.comparing() ? new CompareTracker(memory) : barrier;
    gate = new FakeGate(type::frameLeaves, tracker::isTracking);
    state =
        new FakeState(
            memory,
            (offset, length) -> {
              if (barrier != null) {
                barrier.beforeWrite(offset, length);
              }
            });
  }

  // ---- the test's side

  FakeState state() {
    return state;
  }

  /** Lets the guest make steps up to this number. */
  void runTo(long steps) {
    stepsWanted = steps;
    wakeUp();
  }

  void runFor(long steps) {
    runTo(stepsMade + steps);
  }

  /** The next capture is handed over, and then the guest's thread stands still. */
  void holdAfterCapture() {
    holding = true;
  }

  /** The guest's thread has no time for orders while this is set. */
  void busy(boolean value) {
    busy = value;
    wakeUp();
  }

  /** An input comes, whether it is paused or not. */
  void inputComes() {
    order(() -> mirror(1));
  }

  private void mirror(long content) {
    UnsafeBuffer copy = FakeCapture.pack(content);
    host.offerMirrored(++mirrored, content, 0, copy, 0, copy.capacity());
  }

  @Override
  public long inputLingerNs() {
    return lingerNs;
  }

  boolean isHeld() {
    return held;
  }

  long stepsMade() {
    return stepsMade;
  }

  boolean isStopped() {
    return stopped;
  }

  // ---- the agent's side

  @Override
  public GuestDescription description() {
    return type.description();
  }

  @Override
  public GuestMemory memory() {
    return memory;
  }

  @Override
  public String trackerName() {
    return tracker.name();
  }

  @Override
  public OutputGate localGate() {
    return gate;
  }

  @Override
  public void start(GuestHost newHost) {
    host = newHost;
    stepsMade = state.steps();
    thread = new Thread(this::run, "fake-guest");
    thread.setDaemon(true);
    thread.start();
  }

  private void abandonCapture() {
    FakeCapture current = capture;
    if (current != null) {
      current.release();
    }
  }

  @Override
  public void startTracking() {
    if (type.copyError != null) {
      throw type.copyError;
    }
    abandonCapture();
    order(() -> {
      forgetEpoch();
      tracker.start();
      partsToCopy = DISK_PARTS;
      diskWrites.add(state.steps());
    });
  }

  @Override
  public void standbyNote(DirectBuffer note, int offset, int length) {
    if (type.noteError != null) {
      throw type.noteError;
    }
    notes.add(note.getLong(offset));
  }

  /** What the standby told it. */
  java.util.List<Long> notes() {
    return java.util.List.copyOf(notes);
  }

  @Override
  public void stopTracking() {
    abandonCapture();
    order(() -> {
      tracker.stop();
      forgetEpoch();
    });
  }

  private void forgetEpoch() {
    diskWrites.clear();
    replies.clear();
    clearLoad();
  }

  @Override
  public void openGate() {
    order(gate::open);
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
    long request = length == 0 ? 0 : bytes.getLong(offset, ByteOrder.LITTLE_ENDIAN);
    boolean taken = inputs.offer(() -> remoteInput(sequence, kind, sessionId, request));
    wakeUp();
    return taken;
  }

  @Override
  public void serveLocally(boolean on) {
    order(() -> {
      serving = on && front != null;
      if (serving) {
        front.startAccepting(1);
      } else if (front != null) {
        front.stopAccepting();
      }
    });
  }

  @Override
  public void closeRemoteSessions() {
    inputs.clear();
  }

  private void order(Runnable order) {
    orders.add(order);
    wakeUp();
  }

  @Override
  public void wakeUp() {
    LockSupport.unpark(thread);
  }

  @Override
  public int queuedInputs() {
    return inputs.size();
  }

  @Override
  public void close() {
    if (stopped) {
      return;
    }
    stopped = true;
    gate.discard();
    abandonCapture();
    wakeUp();
    try {
      if (thread != null) {
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    tracker.close();
    memory.close();
  }

  // ---- on the guest's thread

  private void run() {
    try {
      while (!stopped) {
        takeOrders();
        boundary();
        if (paused || work() == 0) {
          LockSupport.parkNanos(this, 100_000);
        }
      }
    } catch (Throwable cause) {
      if (!stopped) {
        gate.discard();
        host.guestFailed(cause);
      }
    }
  }

  private void takeOrders() {
    while (!busy && !orders.isEmpty()) {
      orders.poll().run();
    }
  }

  private int work() {
    int work = 0;
    if (!isFull() && !inputs.isEmpty()) {
      inputs.peek().run();
      inputs.poll();
      work++;
      boundary();
    }
    if (serving && !isFull()) {
      work += front.poll(this::onLocalEvent);
    }
    if (!paused && !isFull() && stepsMade < stepsWanted) {
      makeStep();
      work++;
    }
    return work;
  }

  private void makeStep() {
    long step = state.step();
    if (tracker.isTracking()) {
      diskWrites.add(step);
    }
    if (!type.gatedOnBackup()) {
      gate.frame(step);
      load.outputBytes = (long) gate.waiting() * Long.BYTES;
    }
    load.dirtyPages++;
    mirror(step);
    stepsMade = step;
  }

  private boolean isFull() {
    return gate.waiting() + diskWrites.size() + replies.size() >= MOST_WAITING;
  }

  private void remoteInput(long sequence, InputKind kind, long sessionId, long request) {
    state.input(sequence);
    reply(kind, sessionId, request);
  }

  private boolean onLocalEvent(
      InputKind kind, long sessionId, DirectBuffer buffer, int offset, int length) {
    state.localInput();
    reply(kind, sessionId, length == 0 ? 0 : buffer.getLong(offset, ByteOrder.LITTLE_ENDIAN));
    return true;
  }

  private void reply(InputKind kind, long sessionId, long request) {
    load.consumedInputs++;
    if (kind != InputKind.BYTES) {
      return;
    }
    if (front != null) {
      UnsafeBuffer reply = FakeCapture.pack(request, -1);
      front.send(sessionId, reply, 0, reply.capacity());
    } else if (tracker.isTracking()) {
      replies.add(new long[] {sessionId, request});
      load.outputBytes += FakeFront.REPLY_BYTES;
    }
  }

  private void boundary() {
    if (stopped) {
      return;
    }
    load.fullestQueuePercent =
        100 * Math.max(gate.waiting(), Math.max(diskWrites.size(), replies.size())) / MOST_WAITING;
    CaptureKind kind = host.captureDue(System.nanoTime(), load);
    paused = paused && !host.goesOn();
    FakeCapture before = capture;
    boolean held = before != null && !before.pages().isReleased();
    // An order on its way may make the request void: it is asked for again at the next boundary.
    boolean can = tracker.isTracking() && !held && !paused && orders.isEmpty();
    if (kind != CaptureKind.NONE && can) {
      capture(kind);
    }
  }

  private void capture(CaptureKind kind) {
    long pausedNs = System.nanoTime();
    CapturedSet pages = tracker.flip(kind);
    boolean round = gate.capture(kind);
    if (round && partsToCopy > 0) {
      diskWrites.add((long) -partsToCopy);
      partsToCopy--;
    }
    FakeCapture made =
        new FakeCapture(
            kind,
            pages,
            round ? FakeCapture.NOTHING : state.deviceState(DEVICE_STATE_BYTES),
            round ? FakeCapture.NOTHING : packReplies(),
            FakeCapture.pack(diskWrites.stream().mapToLong(Long::longValue).toArray()),
            round ? FakeCapture.NOTHING : FakeCapture.pack(gate.current()),
            state.lastInput(),
            round && partsToCopy > 0,
            type.encodeError,
            this::wakeUp);
    capture = made;
    diskWrites.clear();
    if (!round) {
      replies.clear();
    }
    clearLoad();
    paused = kind.pausesGuest();
    host.captured(made);
    while (holding && !stopped) {
      held = true;
      LockSupport.parkNanos(this, 100_000);
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

  private UnsafeBuffer packReplies() {
    int record = OutputRecords.HEADER_BYTES + FakeFront.REPLY_BYTES;
    UnsafeBuffer buffer = new UnsafeBuffer(new byte[replies.size() * record]);
    int at = 0;
    for (long[] reply : replies) {
      int payload = OutputRecords.putHeader(buffer, at, reply[0], FakeFront.REPLY_BYTES);
      buffer.putLong(payload, reply[1], ByteOrder.LITTLE_ENDIAN);
      buffer.putLong(payload + Long.BYTES, gate.capturing(), ByteOrder.LITTLE_ENDIAN);
      at += record;
    }
    return buffer;
  }
}
