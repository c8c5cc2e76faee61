package org.understudy.lab.vm;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.understudy.lab.judge.Reply;
import org.understudy.lab.load.ReplyParser;

/**
 * One connection to redis that lasts as long as the demo and counts up each 5 ms, whether earlier
 * replies have come or not. The longest time between two replies is how long a client was stalled.
 */
final class StallProbe implements AutoCloseable {
  /** Time between two requests. */
  static final long INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(5);

  private static final long DRAIN_NS = TimeUnit.SECONDS.toNanos(20);

  private final Socket socket = new Socket();
  private final byte[] request;
  private final Arrivals arrivals = new Arrivals();
  private final Tally tally = new Tally();
  private final Thread sender = new Thread(this::send, "probe-sender");
  private final Thread receiver = new Thread(this::receive, "probe-receiver");
  private volatile boolean isStopping;
  private volatile boolean isBroken;
  private long expected = 1;

  /** Connects and begins to count under this key, which nobody else uses. */
  StallProbe(InetSocketAddress address, String key, int timeoutMs) throws IOException {
    request =
        ("*2\r\n$4\r\nINCR\r\n$" + key.length() + "\r\n" + key + "\r\n")
            .getBytes(StandardCharsets.US_ASCII);
    socket.connect(address, timeoutMs);
    socket.setTcpNoDelay(true);
    sender.start();
    receiver.start();
  }

  Arrivals arrivals() {
    return arrivals;
  }

  Tally tally() {
    return tally;
  }

  private void send() {
    long next = System.nanoTime();
    try {
      while (!isStopping && !isBroken) {
        long now = System.nanoTime();
        if (now < next) {
          LockSupport.parkNanos(next - now);
          continue;
        }
        arrivals.sent(now);
        socket.getOutputStream().write(request);
        // What this thread itself has missed is not made up for.
        next = Math.max(next + INTERVAL_NS, now);
      }
    } catch (IOException e) {
      broken(e);
    }
  }

  private void receive() {
    ReplyParser parser = new ReplyParser();
    byte[] buffer = new byte[4096];
    try {
      int count = socket.getInputStream().read(buffer);
      while (count >= 0) {
        parser.receive(ByteBuffer.wrap(buffer, 0, count), this::onReply);
        count = socket.getInputStream().read(buffer);
      }
      broken(new IOException("closed by the server"));
    } catch (IOException | IllegalStateException e) {
      broken(e);
    }
  }

  private void onReply(Reply reply) {
    arrivals.replied(System.nanoTime());
    if (reply.kind() != Reply.Kind.INTEGER) {
      tally.wrong("the probe was answered with " + reply.kind() + " " + reply.text());
      return;
    }
    long value = reply.number();
    if (value == expected) {
      tally.good();
    } else if (value > expected) {
      // Counted more often than asked for.
      tally.duplicated(value - expected, "the probe got " + value + " in place of " + expected);
    } else {
      tally.lost(expected - value, "the probe got " + value + " in place of " + expected);
    }
    expected = value + 1;
  }

  private synchronized void broken(Exception reason) {
    if (!isStopping && !isBroken) {
      isBroken = true;
      tally.broken("the probe's, after " + arrivals.repliedCount() + " replies: " + reason);
    }
  }

  boolean isBroken() {
    return isBroken;
  }

  /** Stops asking, waits for what is still to come, and disconnects. */
  @Override
  public void close() throws IOException {
    isStopping = true;
    long deadline = System.nanoTime() + DRAIN_NS;
    while (!isBroken
        && receiver.isAlive()
        && (sender.isAlive() || arrivals.repliedCount() < arrivals.sentCount())
        && System.nanoTime() < deadline) {
      LockSupport.parkNanos(INTERVAL_NS);
    }
    int unanswered = arrivals.sentCount() - arrivals.repliedCount();
    if (!isBroken && unanswered > 0) {
      tally.lost(unanswered, unanswered + " requests of the probe were never answered");
    }
    socket.close(); // a request to a machine that is gone would block for a quarter of an hour
    Joins.join(sender);
    Joins.join(receiver);
  }
}
