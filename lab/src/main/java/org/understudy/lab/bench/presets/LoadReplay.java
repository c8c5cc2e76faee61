package org.understudy.lab.bench.presets;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.HdrHistogram.Histogram;
import org.understudy.node.program.ExitCode;
import org.understudy.node.program.Shutdown;
import org.understudy.node.program.UserError;

/**
 * Sends a {@link RecordedLoad} from one thread, either each operation at its time (within a
 * millisecond, and never waiting for replies, so that a stall counts for everything that was due
 * meanwhile) or as fast as replies arrive.
 */
final class LoadReplay implements AutoCloseable {
  private static final int READ_BUFFER = 256 << 10;
  private static final int POPULATION_PIPELINE = 8;
  private static final int DIGITS = 3;
  private static final long STALL_NS = TimeUnit.SECONDS.toNanos(30);

  private final RecordedLoad load;
  private final Selector selector = Selector.open();
  private final ByteBuffer buffer = ByteBuffer.allocate(READ_BUFFER);
  private final List<ReplayConnection> connections = new ArrayList<>();
  private Histogram latencies;
  private long answered;
  private long lastAnswerNs;

  /** Connects all clients. */
  LoadReplay(RecordedLoad load, InetSocketAddress front) throws IOException {
    this.load = load;
    for (int i = 0; i < load.connections(); i++) {
      connections.add(new ReplayConnection(front, selector, i));
    }
  }

  private void begin() {
    latencies = new Histogram(DIGITS);
    lastAnswerNs = System.nanoTime();
  }

  /** Sends the population and waits for its replies. */
  void populate() throws IOException {
    begin();
    saturate(load.population(), POPULATION_PIPELINE, () -> false, false);
  }

  /**
   * Sends every operation at its time and waits for all replies.
   *
   * @return latencies in nanoseconds
   */
  Histogram paced(double perSecond) throws IOException {
    begin();
    byte[][] operations = load.operations();
    double gapNs = 1e9 / perSecond;
    long startNs = System.nanoTime();
    int next = 0;
    while (next < operations.length || inFlight() > 0) {
      long nowNs = System.nanoTime();
      long dueCount = (long) ((nowNs - startNs) / gapNs) + 1;
      int from = next;
      for (; next < operations.length && next < dueCount; next++) {
        ReplayConnection connection = connections.get(next % connections.size());
        connection.enqueue(operations[next], nowNs);
      }
      for (int i = from; i < next && i < from + connections.size(); i++) {
        connections.get(i % connections.size()).flush();
      }
      poll(1);
    }
    return latencies;
  }

  /**
   * Sends the operations again and again, at most {@code pipeline} in flight on a connection, until
   * told to end; then waits for what is in flight.
   *
   * @return operations answered before the end
   */
  long saturated(int pipeline, BooleanSupplier end) throws IOException {
    begin();
    for (int i = 0; i < connections.size(); i++) {
      connections.get(i).next = i;
    }
    return saturate(load.operations(), pipeline, end, true);
  }

  private long saturate(byte[][] operations, int pipeline, BooleanSupplier end, boolean again)
      throws IOException {
    long before = answered;
    long atEnd = -1;
    boolean more = true;
    while (more || inFlight() > 0) {
      boolean ending = more && end.getAsBoolean();
      if (ending) {
        atEnd = answered;
        more = false;
      }
      boolean filled = false;
      for (ReplayConnection connection : connections) {
        filled |= more && fill(connection, operations, pipeline, again);
        connection.flush();
      }
      more &= again || filled || inFlight() > 0;
      poll(10);
    }
    return (atEnd < 0 ? answered : atEnd) - before;
  }

  private static boolean fillable(ReplayConnection connection, int pipeline) {
    return connection.inFlight() < pipeline;
  }

  private boolean fill(
      ReplayConnection connection, byte[][] operations, int pipeline, boolean again) {
    boolean filled = false;
    long nowNs = System.nanoTime();
    while (fillable(connection, pipeline)) {
      if (connection.next >= operations.length) {
        if (!again) {
          return filled;
        }
        connection.next %= connections.size();
      }
      connection.enqueue(operations[connection.next], nowNs);
      connection.next += connections.size();
      filled = true;
    }
    return filled;
  }

  private int inFlight() {
    int sum = 0;
    for (ReplayConnection connection : connections) {
      sum += connection.inFlight();
    }
    return sum;
  }

  private void poll(long timeoutMs) throws IOException {
    if (Shutdown.requested()) {
      throw new UserError(ExitCode.INTERRUPTED, "interrupted");
    }
    selector.select(timeoutMs);
    long nowNs = System.nanoTime();
    for (SelectionKey key : selector.selectedKeys()) {
      ReplayConnection connection = (ReplayConnection) key.attachment();
      if (key.isReadable()) {
        take(connection, nowNs);
      }
      if (key.isWritable()) {
        connection.flush();
      }
    }
    selector.selectedKeys().clear();
    if (nowNs - lastAnswerNs > STALL_NS && inFlight() > 0) {
      throw new IOException("no reply for " + STALL_NS / 1_000_000_000 + " s");
    }
  }

  private void take(ReplayConnection connection, long nowNs) throws IOException {
    int count = connection.read(buffer);
    if (count < 0) {
      throw new IOException("the service closed a connection");
    }
    for (int i = 0; i < count; i++) {
      latencies.recordValue(Math.max(0, nowNs - connection.answered()));
      answered++;
      lastAnswerNs = nowNs;
    }
  }

  /** Replies so far. */
  long answered() {
    return answered;
  }

  /** Error replies so far. */
  long errors() {
    return connections.stream().mapToLong(ReplayConnection::errors).sum();
  }

  @Override
  public void close() throws IOException {
    for (ReplayConnection connection : connections) {
      connection.close();
    }
    selector.close();
  }
}
