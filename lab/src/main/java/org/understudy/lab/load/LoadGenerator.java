package org.understudy.lab.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.understudy.lab.judge.Break;
import org.understudy.lab.judge.History;
import org.understudy.lab.judge.HistoryWriter;
import org.understudy.lab.judge.LoadCommand;
import org.understudy.lab.judge.Reply;

/**
 * Hundreds of clients on one thread. Each has at most {@code pipeline} operations in flight and
 * sends the next one when a reply arrives, as fast as the service answers. Everything is recorded
 * in a {@link History}; times are nanoseconds since the generator was made.
 */
public final class LoadGenerator implements AutoCloseable {
  private enum Phase {
    IDLE,
    POPULATING,
    RUNNING,
    DRAINING
  }

  private static final long RETRY_NS = TimeUnit.MILLISECONDS.toNanos(20);
  private static final long OLDEST_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(5);
  private static final int POPULATION_PIPELINE = 8;
  private static final int READ_BUFFER = 256 << 10;

  private final LoadOptions options;
  private final HistoryWriter recorder;
  private final History history = new History();
  private final int[] keyIds;
  private final List<LoadConnection> connections = new ArrayList<>();
  private final Selector selector;
  private final ByteBuffer buffer = ByteBuffer.allocate(READ_BUFFER);
  private final long startNs = System.nanoTime();
  private final AtomicBoolean stop = new AtomicBoolean();
  private final LoadProgress progress = new LoadProgress();
  private Phase phase = Phase.IDLE;
  private final AtomicReference<List<InetSocketAddress>> move = new AtomicReference<>();
  private List<InetSocketAddress> addresses;
  private long appended;
  private long intervalNs;
  private long nextSendNs;
  private int openConnections;
  private int firstToFill;
  private long nextOldestNs;

  /**
   * A generator that is not connected yet.
   *
   * @param recorder takes each operation as it completes; null for none
   */
  public LoadGenerator(LoadOptions options, HistoryWriter recorder) throws IOException {
    this.options = options;
    this.recorder = recorder;
    this.addresses = options.addresses();
    this.selector = Selector.open();
    this.keyIds = new int[options.keys()];
    for (int i = 0; i < keyIds.length; i++) {
      keyIds[i] = history.keyId(Workload.key(i));
    }
    for (int i = 0; i < options.connections(); i++) {
      connections.add(new LoadConnection(i, new Workload(options.seed(), i, options.keys())));
    }
  }

  /** What happened; read it when no method of this generator runs. */
  public History history() {
    return history;
  }

  /** Counters for other threads. */
  public LoadProgress progress() {
    return progress;
  }

  /** Nanoseconds of the run: the clock of the history. */
  public long nowNs() {
    return System.nanoTime() - startNs;
  }

  /**
   * Sends the mix no faster than this; to be called before {@link #run}.
   *
   * @param operationsPerSecond of all connections together; 0 for as fast as the service answers
   */
  public void limitRate(int operationsPerSecond) {
    intervalNs = operationsPerSecond == 0 ? 0 : TimeUnit.SECONDS.toNanos(1) / operationsPerSecond;
  }

  /**
   * Asks a running {@link #run} to go on at other fronts: every client waits for its replies,
   * closes its connection and opens one there. Any thread; {@link #isMoving} tells when it is done.
   */
  public void requestMove(List<InetSocketAddress> fronts) {
    move.set(List.copyOf(fronts));
    selector.wakeup();
  }

  /** Whether a move that was asked for is not done yet. */
  public boolean isMoving() {
    return move.get() != null;
  }

  /** Asks a running {@link #run} to end; any thread. */
  public void requestStop() {
    stop.set(true);
    selector.wakeup();
  }

  /**
   * Connects all clients.
   *
   * @throws IOException if one is refused
   */
  public void connect(long timeoutMs) throws IOException {
    for (LoadConnection connection : connections) {
      connection.connect(selector, address(connection));
    }
    long deadline = nowNs() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
    while (openConnections < connections.size()) {
      if (nowNs() > deadline) {
        throw new IOException(
            openConnections
                + " of "
                + connections.size()
                + " connections within "
                + timeoutMs
                + " ms");
      }
      select(10, true);
    }
  }

  /** Writes every key once; returns when all replies are there or a stop was asked for. */
  public void populate() throws IOException {
    phase = Phase.POPULATING;
    connections.forEach(this::fill);
    flushAll();
    while (!stop.get() && connections.stream().anyMatch(c -> !c.inFlight.isEmpty())) {
      select(10, false);
    }
    phase = Phase.IDLE;
  }

  /** Sends the mix until {@link #requestStop}, then waits for the replies in flight. */
  public void run(long drainTimeoutMs) throws IOException {
    phase = Phase.RUNNING;
    nextSendNs = nowNs();
    fillAll();
    while (!stop.get()) {
      select(intervalNs == 0 ? 10 : 1, false);
      if (intervalNs != 0) {
        fillAll();
      }
      if (move.get() != null) {
        move(move.get(), drainTimeoutMs);
        move.set(null);
      }
    }
    drain(drainTimeoutMs);
  }

  /** From another client each time: with a limited rate the first ones would leave none over. */
  private void fillAll() {
    firstToFill = (firstToFill + 1) % connections.size();
    for (int i = 0; i < connections.size(); i++) {
      LoadConnection connection = connections.get((firstToFill + i) % connections.size());
      if (connection.isConnected()) {
        fill(connection);
      }
    }
    flushAll();
  }

  private void drain(long timeoutMs) throws IOException {
    phase = Phase.DRAINING;
    long deadline = nowNs() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
    while (nowNs() < deadline && connections.stream().anyMatch(c -> !c.inFlight.isEmpty())) {
      select(10, false);
    }
    for (LoadConnection connection : connections) {
      giveUp(connection);
    }
  }

  private void move(List<InetSocketAddress> fronts, long timeoutMs) throws IOException {
    drain(timeoutMs);
    connections.forEach(LoadConnection::disconnect);
    connections.forEach(connection -> connection.addressIndex = 0);
    openConnections = 0;
    addresses = fronts;
    phase = Phase.IDLE;
    connect(timeoutMs);
    phase = Phase.RUNNING;
    fillAll();
  }

  private InetSocketAddress address(LoadConnection connection) {
    return addresses.get(connection.addressIndex % addresses.size());
  }

  private void select(long timeoutMs, boolean connecting) throws IOException {
    selector.select(timeoutMs);
    for (SelectionKey key : selector.selectedKeys()) {
      LoadConnection connection = (LoadConnection) key.attachment();
      try {
        serve(connection, key);
      } catch (IOException | IllegalStateException e) {
        if (connecting) {
          throw new IOException(
              "cannot connect to " + address(connection) + ": " + e.getMessage(), e);
        }
        broken(connection, e);
      }
    }
    selector.selectedKeys().clear();
    publishOldest();
    retry();
  }

  private void publishOldest() {
    long now = nowNs();
    if (now < nextOldestNs) {
      return;
    }
    nextOldestNs = now + OLDEST_INTERVAL_NS;
    long oldest = now;
    for (LoadConnection connection : connections) {
      LoadConnection.Sent sent = connection.inFlight.peek();
      if (sent != null) {
        oldest = Math.min(oldest, history.invokeNs(sent.row()));
      }
    }
    progress.oldestUnansweredNs(oldest);
  }

  private void serve(LoadConnection connection, SelectionKey key) throws IOException {
    if (!key.isValid()) {
      return;
    }
    if (key.isConnectable()) {
      connection.finishConnect();
      openConnections++;
      fill(connection);
    }
    if (key.isReadable() && !connection.read(buffer, reply -> onReply(connection, reply))) {
      throw new IOException("closed by the server");
    }
    if (connection.isConnected()) {
      fill(connection);
      connection.flush();
    }
  }

  private void onReply(LoadConnection connection, Reply reply) {
    LoadConnection.Sent sent = connection.inFlight.poll();
    if (sent == null) {
      throw new IllegalStateException("a reply that nobody asked for");
    }
    long now = nowNs();
    history.end(sent.row(), now, reply);
    progress.onReply(now, now - history.invokeNs(sent.row()));
    record(sent, reply);
  }

  private void record(LoadConnection.Sent sent, Reply reply) {
    if (recorder == null) {
      return;
    }
    try {
      recorder.operation(history, sent.row(), sent.value(), reply);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException("recording failed: " + e.getMessage(), e);
    }
  }

  /** Sends as much as may be in flight. */
  private void fill(LoadConnection connection) {
    if (phase == Phase.IDLE || phase == Phase.DRAINING) {
      return;
    }
    int limit = options.pipeline();
    if (phase == Phase.POPULATING) {
      limit = Math.max(POPULATION_PIPELINE, limit);
    }
    while (connection.inFlight.size() < limit && maySend()) {
      Workload.Step step = nextStep(connection);
      if (step == null) {
        return;
      }
      send(connection, step);
    }
  }

  private boolean maySend() {
    if (phase != Phase.RUNNING || intervalNs == 0) {
      return true;
    }
    long now = nowNs();
    if (now < nextSendNs) {
      return false;
    }
    // What was not sent during a pause of the service is not made up for.
    nextSendNs = Math.max(nextSendNs + intervalNs, now - TimeUnit.MILLISECONDS.toNanos(10));
    return true;
  }

  private Workload.Step nextStep(LoadConnection connection) {
    int id = connection.nextId;
    if (phase == Phase.RUNNING) {
      connection.nextId++;
      return connection.workload.next(id, appended < options.appendBytes());
    }
    if (connection.nextKey >= options.keys()) {
      return null;
    }
    connection.nextId++;
    Workload.Step step = connection.workload.first(connection.nextKey, id);
    connection.nextKey += options.connections();
    return step;
  }

  private void send(LoadConnection connection, Workload.Step step) {
    if (step.command == LoadCommand.APPEND) {
      appended += step.value.length;
    }
    int keyId = keyIds[step.keyIndex];
    int row =
        history.begin(
            connection.number, connection.nextId - 1, keyId, step.command, step.value, nowNs());
    connection.inFlight.add(new LoadConnection.Sent(row, step.value));
    connection.enqueue(step.command, history.key(keyId), step.value);
    progress.onSent();
  }

  private void flushAll() {
    for (LoadConnection connection : connections) {
      try {
        if (connection.isConnected()) {
          connection.flush();
        }
      } catch (IOException e) {
        broken(connection, e);
      }
    }
  }

  /** What was in flight stays without a reply; the client comes back as a new connection. */
  private void broken(LoadConnection connection, Exception reason) {
    if (connection.isConnected()) {
      openConnections--;
      progress.onBroken(
          new Break(
              connection.number,
              nowNs(),
              address(connection),
              connection.inFlight.size(),
              String.valueOf(reason.getMessage())));
    }
    giveUp(connection);
    connection.disconnect();
    connection.addressIndex++;
    connection.retryAtNs = nowNs() + RETRY_NS;
  }

  private void giveUp(LoadConnection connection) {
    for (LoadConnection.Sent sent : connection.inFlight) {
      record(sent, null);
    }
    connection.inFlight.clear();
  }

  private void retry() throws IOException {
    if (openConnections == connections.size() || phase == Phase.DRAINING) {
      return;
    }
    long now = nowNs();
    for (LoadConnection connection : connections) {
      if (connection.retryAtNs != 0 && now >= connection.retryAtNs) {
        connection.connect(selector, address(connection));
      }
    }
  }

  @Override
  public void close() throws IOException {
    connections.forEach(LoadConnection::disconnect);
    selector.close();
  }
}
