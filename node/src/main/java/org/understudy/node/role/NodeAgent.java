package org.understudy.node.role;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.IdleStrategy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.node.control.GuestOrder;
import org.understudy.node.run.ThreadDeaths;
import org.understudy.node.status.NodeStatus;
import org.understudy.protocol.link.Link;
import org.understudy.protocol.link.LinkTraffic;
import org.understudy.protocol.monitor.DeferredMonitor;
import org.understudy.protocol.monitor.PeerMonitor;

/** The agent's thread: one duty cycle drives link, monitor and the role of the moment. */
final class NodeAgent implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger("understudy.node");

  private static final long NS_PER_US = 1_000;

  /** What fails again and again is not to keep the guest from its processors. */
  private static final long AFTER_FAILURE_NS = 100_000_000;

  private final Link link;
  private final PeerMonitor monitor;
  private final DeferredMonitor seen;
  private final IdleStrategy idle;
  private final ThreadDeaths deaths;
  private final StatusReporter reporter;
  private volatile Role role;
  private final AtomicReference<GuestOrder> order = new AtomicReference<>();
  private final AtomicInteger stopRequests = new AtomicInteger();
  private int stopsTold;
  private volatile String stopReason;
  private volatile Thread thread;

  NodeAgent(
      Link link,
      PeerMonitor monitor,
      DeferredMonitor seen,
      StatusReporter reporter,
      IdleStrategy idle,
      ThreadDeaths deaths) {
    this.link = link;
    this.monitor = monitor;
    this.seen = seen;
    this.reporter = reporter;
    this.idle = idle;
    this.deaths = deaths;
  }

  /** The first role, or the one that follows a takeover: link and monitor outlive it. */
  void become(Role next) {
    link.listen(next.link());
    seen.bringTo(next.events());
    role = next;
  }

  Role role() {
    return role;
  }

  /** Any thread: what went wrong at the link and at the monitor port. */
  NodeStatus.Link linkTrouble() {
    LinkTraffic traffic = link.traffic();
    Role current = role;
    String keyId = link.keyId();
    return new NodeStatus.Link(
        !keyId.isEmpty(),
        keyId,
        traffic.badMessages(),
        traffic.backPressured(),
        traffic.refusedFrames(),
        monitor.strangers(),
        current instanceof PrimaryRole primary ? primary.agent().droppedMirrors() : 0,
        current == null ? 0 : current.longestStallNs() / NS_PER_US);
  }

  /** Any thread: the node is to stop; asked for again it does whatever is lost by it. */
  void requestStop(String reason) {
    stopReason = reason;
    stopRequests.incrementAndGet();
    wakeUp();
  }

  /** Any thread: the operator wants something of the guest. */
  void order(GuestOrder newOrder) {
    if (!order.compareAndSet(null, newOrder)) {
      newOrder.refuse("another order has just come in");
    }
    wakeUp();
  }

  /** Any thread: something waits for the agent. */
  void wakeUp() {
    LockSupport.unpark(thread);
  }

  @Override
  public void run() {
    thread = Thread.currentThread();
    while (!role.isOver()) {
      idle.idle(cycleOrSurvive());
      deaths.endIfDue();
    }
    flush();
  }

  /** What fails here ends the node, so that its peer takes over; where nobody could, it goes on. */
  private int cycleOrSurvive() {
    try {
      return cycle();
    } catch (RuntimeException | Error e) {
      if (!role.isLastCopy()) {
        throw e;
      }
      LOG.error("a duty cycle failed; nobody else has the guest, which goes on", e);
      role.onFailure(e);
      LockSupport.parkNanos(AFTER_FAILURE_NS);
      return 0;
    }
  }

  private int cycle() {
    Role current = role;
    long nowNs = System.nanoTime();
    tellStop(current);
    current.cycleStart(nowNs);
    seen.deliver();
    if (order.get() != null) {
      current.order(order.getAndSet(null));
    }
    int work = link.doWork() + monitor.doWork(nowNs);
    work += current.doWork(nowNs);
    Role next = current.successor();
    if (next != current) {
      become(next);
      reporter.changed();
      work++;
    }
    return work;
  }

  private void tellStop(Role current) {
    for (int wanted = stopRequests.get(); stopsTold < wanted; stopsTold++) {
      if (stopsTold == 0) {
        current.requestStop(stopReason);
      } else {
        current.requestStopNow(stopReason);
      }
    }
  }

  /** What was said last (a goodbye, an end) has to leave before the process does. */
  private void flush() {
    long deadlineNs = System.nanoTime() + Role.LINGER_NS;
    while (!link.isFlushed() && System.nanoTime() - deadlineNs < 0) {
      idle.idle(link.doWork());
    }
  }
}
