package org.understudy.protocol.monitor;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.host.socket.SocketCalls;

/**
 * The listening side on a thread with a table of descriptors of its own ({@code close_range} with
 * {@code CLOSE_RANGE_UNSHARE}, Linux 5.9). The sockets that tell the peer of our death are in no
 * other table, so that they are closed when that thread ends, at once: the last thread of a killed
 * process first frees its memory, tens of milliseconds for a large one, and only then closes what
 * the others share.
 *
 * <p>That thread must not open a file, nor be the first to use a class: descriptors that Java keeps
 * are valid in the shared table only, and the virtual machine that reads one of its archives by
 * them dies. So all that it does was rehearsed before.
 */
final class PrivateListener implements MonitorListener {
  private static final Logger LOG = LoggerFactory.getLogger(PrivateListener.class);
  private static final long WAKE_UP = 1;

  private final Arena arena = Arena.ofShared();
  private final PeerMonitorListener listener;
  private final SocketCalls calls = new SocketCalls(arena);
  private final CountDownLatch opened = new CountDownLatch(1);
  private final Thread thread;
  private final int wakeFd;
  private final Greeting greeting;
  private final Mailbox mailbox = new Mailbox();
  private final PrivateConnections connections;
  private volatile int openResult;
  private volatile Throwable failure;
  private long toldStrangers;

  private PrivateListener(
      MonitorContext context, Greeting greeting, KnownPeer peer, PeerMonitorListener listener) {
    this.listener = listener;
    wakeFd = calls.eventFd();
    this.greeting = greeting;
    connections = new PrivateConnections(context, mailbox, peer, arena, wakeFd);
    thread = Thread.ofPlatform().daemon().name("monitor").unstarted(this::run);
  }

  /** Starts listening; null where this cannot be had, for whatever reason. */
  static PrivateListener open(
      MonitorContext context, Greeting greeting, KnownPeer peer, PeerMonitorListener listener) {
    try {
      PrivateRehearsal.run();
      PrivateListener started = new PrivateListener(context, greeting, peer, listener);
      started.thread.start();
      started.opened.await();
      if (started.openResult >= 0) {
        return started;
      }
      LOG.debug("no descriptors of its own for the monitor: error {}", -started.openResult);
      started.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException | LinkageError | RuntimeException e) {
      LOG.debug("no descriptors of its own for the monitor", e);
    }
    return null;
  }

  private void run() {
    try {
      openResult = connections.openPrivately();
      opened.countDown();
      if (openResult >= 0) {
        connections.serve();
      }
    } catch (Throwable e) {
      failure = e;
    } finally {
      connections.close();
      opened.countDown();
    }
  }

  @Override
  public int doWork(long nowNs) {
    if (failure != null || connections.failure() != 0) {
      throw new IllegalStateException(
          "the monitor's thread failed: error " + connections.failure(), failure);
    }
    long strangers = connections.strangers();
    int work = (int) (strangers - toldStrangers);
    // One in a cycle: a flood of lines takes a small part of this thread.
    work += mailbox.judgeOne(greeting) ? 1 : 0;
    for (; toldStrangers < strangers; toldStrangers++) {
      listener.onStranger(connections.lastReason());
    }
    return work;
  }

  @Override
  public int localPort() {
    return openResult;
  }

  @Override
  public long strangers() {
    return connections.strangers();
  }

  /** Returns when nothing listens any more. */
  @Override
  public void close() {
    connections.stop();
    boolean isInterrupted = false;
    while (thread.isAlive()) {
      calls.write(wakeFd, WAKE_UP);
      try {
        thread.join();
      } catch (InterruptedException e) {
        isInterrupted = true;
      }
    }
    calls.close(wakeFd);
    arena.close();
    if (isInterrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
