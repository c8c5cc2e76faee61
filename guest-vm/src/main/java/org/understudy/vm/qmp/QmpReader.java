package org.understudy.vm.qmp;

import java.io.IOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.host.schedule.TimeSlice;

/**
 * Reads one connection: on a thread of its own, or, for as long as somebody {@linkplain #lead
 * leads}, on that one's thread. Each way from thread to thread takes tens of microseconds, which a
 * guest that is paused stands still for.
 */
final class QmpReader {
  private static final Logger LOG = LoggerFactory.getLogger(QmpReader.class);

  /** Takes what is read, on whichever thread reads. */
  interface Sink {
    void onMessage(QmpMessage message);

    /** Nothing follows. */
    void onEnd(QmpException cause);
  }

  private final SocketChannel channel;
  private final Sink sink;
  private final QmpLines lines;
  private final ReentrantLock reading = new ReentrantLock();
  private final Selector idle;
  private final Selector leading;
  private final SelectionKey idleKey;
  private final Thread thread;

  /** Of a connected channel, which does not block any more from here on. */
  QmpReader(SocketChannel channel, Sink sink, String name) throws IOException {
    this.channel = channel;
    this.sink = sink;
    lines = new QmpLines(channel);
    channel.configureBlocking(false);
    idle = Selector.open();
    leading = Selector.open();
    idleKey = channel.register(idle, SelectionKey.OP_READ);
    channel.register(leading, SelectionKey.OP_READ);
    thread = Thread.ofPlatform().daemon().name("qmp-" + name).unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /** Nothing can be read any more. */
  void fail(QmpException cause) {
    sink.onEnd(cause);
  }

  /** After the channel was closed: the thread ends. */
  void end() {
    idle.wakeup();
    leading.wakeup();
  }

  private void run() {
    TimeSlice.shorten();
    try {
      while (channel.isOpen()) {
        idle.select();
        idle.selectedKeys().clear();
        // Who leads has taken our interest away, and gives it back with a wake-up.
        if (reading.tryLock()) {
          try {
            readAvailable();
          } finally {
            reading.unlock();
          }
        }
      }
    } catch (IOException e) {
      sink.onEnd(new QmpClosedException("waiting for QEMU failed: " + e, e));
    } finally {
      closeSelectors();
    }
  }

  private void closeSelectors() {
    reading.lock();
    try {
      idle.close();
      leading.close();
    } catch (IOException e) {
      LOG.debug("closing a selector failed", e);
    } finally {
      reading.unlock();
    }
  }

  /** Holding the lock: takes every line that is there. */
  void readAvailable() {
    try {
      for (int length = lines.next(); length >= 0; length = lines.next()) {
        sink.onMessage(QmpParser.parse(lines.bytes(), length, QmpClock.now()));
      }
    } catch (IOException e) {
      sink.onEnd(new QmpClosedException(String.valueOf(e.getMessage()), e));
    } catch (QmpException e) {
      sink.onEnd(e);
    } catch (RuntimeException | Error e) {
      // Whoever waits for an answer must not wait for a thread that is gone.
      sink.onEnd(new QmpClosedException("reading failed: " + e, e));
    }
  }

  /** Reads on the calling thread from now on. */
  void lead() {
    reading.lock();
    setInterest(0);
  }

  /** Ends what {@link #lead} began. */
  void follow() {
    setInterest(SelectionKey.OP_READ);
    reading.unlock();
  }

  private void setInterest(int operations) {
    try {
      idleKey.interestOps(operations);
    } catch (CancelledKeyException e) {
      return; // the connection has ended
    }
    idle.wakeup();
  }

  boolean isLedHere() {
    return reading.isHeldByCurrentThread();
  }

  /** What the leader waits with: others may be registered there too. */
  Selector selector() {
    return leading;
  }

  /** The leader waits for anything at its selector and takes what QEMU said. */
  void awaitMore(long deadlineNs) throws IOException {
    if (!channel.isOpen()) {
      throw new ClosedChannelException();
    }
    long leftMs = TimeUnit.NANOSECONDS.toMillis(deadlineNs - System.nanoTime());
    leading.select(Math.max(1, leftMs));
    leading.selectedKeys().clear();
    readAvailable();
  }
}
