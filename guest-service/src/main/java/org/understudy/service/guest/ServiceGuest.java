package org.understudy.service.guest;

import java.lang.invoke.VarHandle;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.ManyToOneConcurrentArrayQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.checkpoint.guest.ClientFront;
import org.understudy.checkpoint.guest.Guest;
import org.understudy.checkpoint.guest.GuestDescription;
import org.understudy.checkpoint.guest.GuestHost;
import org.understudy.checkpoint.guest.InputKind;
import org.understudy.checkpoint.guest.OutputGate;
import org.understudy.checkpoint.memory.GuestMemory;
import org.understudy.checkpoint.track.DirtyTracker;
import org.understudy.checkpoint.track.TrackerCounts;

/**
 * A service as a guest: its thread, and the calls of the primary's agent into it. Orders are queued
 * and taken up between two events; the thread parks when there is nothing to do.
 */
public final class ServiceGuest implements Guest {
  /**
   * Session ids of each front begin at a multiple of this: a backup's front at its generation times
   * this, so that no two clients of a guest ever have the same id.
   */
  public static final long SESSION_BLOCK = 1L << 40;

  private static final Logger LOG = LoggerFactory.getLogger(ServiceGuest.class);

  /** Orders are few; a node that queues so many has lost its guest's thread. */
  private static final int MAX_ORDERS = 1024;

  /** Longest park: a lost wake-up costs no more. */
  private static final long MAX_PARK_NS = TimeUnit.MILLISECONDS.toNanos(10);

  /** While output waits for a capture, pacing is asked about this often. */
  private static final long PACING_PARK_NS = TimeUnit.MICROSECONDS.toNanos(100);

  /** An event that is longer goes on while the guest is closed; what it does is dropped. */
  private static final long CLOSE_WAIT_MS = 500;

  private static final int RUNNING = 0;
  private static final int PARKED = 1;
  private static final int IN_FRONT = 2;

  private final GuestDescription description;
  private final GuestMemory memory;
  private final DirtyTracker tracker;
  private final InputRing ring;
  private final ClientFront front;
  private final LocalGate gate;
  private final DutyCycle cycle;
  private final long restoredInputPosition;

  /** What the clock showed when this was made. */
  private final long clockNs;

  private final long madeAtNs;
  private final ManyToOneConcurrentArrayQueue<Runnable> orders =
      new ManyToOneConcurrentArrayQueue<>(MAX_ORDERS);
  private Thread thread;
  private volatile int waiting = RUNNING;
  private volatile boolean woken;
  private volatile boolean stopped;

  ServiceGuest(
      GuestDescription description,
      GuestMemory memory,
      DirtyTracker tracker,
      ServiceRuntime runtime,
      ServiceSettings settings,
      ClientFront front,
      long restoredInputPosition,
      long clockNs) {
    this.description = description;
    this.memory = memory;
    this.tracker = tracker;
    this.front = front;
    this.restoredInputPosition = restoredInputPosition;
    this.clockNs = clockNs;
    this.madeAtNs = System.nanoTime();
    ring = new InputRing(settings.inputQueueBytes());
    gate = new LocalGate(front, settings.outputLimitBytes());
    cycle = new DutyCycle(runtime, settings, tracker, ring, front, gate, this::wakeUp);
  }

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
    return tracker.name();
  }

  /** Copies made for captures, time held back; any thread. */
  public TrackerCounts trackerCounts() {
    return tracker.counts();
  }

  /** Sessions at this node's own front, which would not survive a takeover; any thread. */
  public int localSessions() {
    return cycle.localSessions();
  }

  @Override
  public ClientFront front() {
    return front;
  }

  @Override
  public OutputGate localGate() {
    return gate;
  }

  @Override
  public void start(GuestHost host) {
    if (thread != null || stopped) {
      throw new IllegalStateException("guest " + description.type() + " was started before");
    }
    cycle.begin(host, restoredInputPosition, clockNs, madeAtNs);
    thread = new Thread(() -> run(host), "understudy-guest");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void startTracking() {
    cycle.abandonCapture();
    order(cycle::startTracking);
  }

  @Override
  public void stopTracking() {
    cycle.abandonCapture();
    order(cycle::stopTracking);
  }

  @Override
  public void openGate() {
    order(() -> localGate().open());
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
    boolean taken = ring.offer(sequence, stampNs, kind, sessionId, bytes, offset, length);
    // The thread says that it parks, then looks at the ring; so does this in the other order.
    VarHandle.fullFence();
    unparkIfWaiting();
    return taken;
  }

  @Override
  public void serveLocally(boolean on) {
    long ringPosition = ring.producerPosition();
    order(on ? () -> cycle.serve(ringPosition) : cycle::stopServing);
  }

  @Override
  public void closeRemoteSessions() {
    long ringPosition = ring.producerPosition();
    order(() -> cycle.closeRemoteSessions(ringPosition));
  }

  @Override
  public void wakeUp() {
    woken = true;
    unparkIfWaiting();
  }

  @Override
  public int queuedInputs() {
    return ring.queued();
  }

  private void order(Runnable order) {
    if (!orders.offer(order)) {
      throw new IllegalStateException("guest " + description.type() + " takes no more orders");
    }
    wakeUp();
  }

  private void unparkIfWaiting() {
    int where = waiting;
    if (where == PARKED) {
      LockSupport.unpark(thread);
    } else if (where == IN_FRONT) {
      front.wakeUp();
    }
  }

  @Override
  public void close() {
    if (stopped) {
      return;
    }
    stopped = true;
    cycle.stop();
    cycle.abandonCapture();
    if (thread == null) {
      free();
      return;
    }
    wakeUp();
    if (Thread.currentThread() != thread) {
      awaitEnd();
    }
  }

  private void awaitEnd() {
    try {
      thread.join(CLOSE_WAIT_MS);
      if (thread.isAlive()) {
        LOG.warn("guest {} is still inside an event; what it does is dropped", description.type());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  // ---- on the guest's thread

  private void run(GuestHost host) {
    try {
      while (!stopped) {
        woken = false;
        long inputsOffered = ring.offered();
        if (takeOrders() + cycle.doWork(inputsOffered) == 0 && !stopped) {
          idle();
        }
      }
    } catch (Throwable cause) {
      fail(host, cause);
    } finally {
      free();
    }
  }

  private int takeOrders() {
    int taken = 0;
    Runnable order = orders.poll();
    while (order != null) {
      order.run();
      taken++;
      order = orders.poll();
    }
    return taken;
  }

  /** The agent may still encode the last capture: everything stays until it closes the guest. */
  private void fail(GuestHost host, Throwable cause) {
    if (!stopped) {
      LOG.error("guest {} failed", description.type(), cause);
      cycle.stop();
      host.guestFailed(cause);
    }
    while (!stopped) {
      waiting = PARKED;
      LockSupport.parkNanos(this, MAX_PARK_NS);
    }
  }

  private void idle() {
    long timeoutNs = Math.min(MAX_PARK_NS, cycle.untilTimerNs(System.nanoTime()));
    if (cycle.awaitsCapture()) {
      timeoutNs = Math.min(PACING_PARK_NS, timeoutNs);
    }
    boolean inFront = cycle.drivesFront();
    waiting = inFront ? IN_FRONT : PARKED;
    VarHandle.fullFence();
    if (timeoutNs > 0 && !woken && !stopped && !cycle.hasInput()) {
      if (inFront) {
        front.awaitReady(timeoutNs);
      } else {
        LockSupport.parkNanos(this, timeoutNs);
      }
    }
    waiting = RUNNING;
  }

  private void free() {
    tracker.close();
    cycle.free();
    front.close();
    memory.close();
  }
}
