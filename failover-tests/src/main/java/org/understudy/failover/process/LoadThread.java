package org.understudy.failover.process;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.understudy.lab.judge.Break;
import org.understudy.lab.judge.History;
import org.understudy.lab.load.LoadGenerator;
import org.understudy.lab.load.LoadOptions;

/** A load that runs on a thread of its own through all the kills of a chain. */
public final class LoadThread implements AutoCloseable {
  private static final long CONNECT_TIMEOUT_MS = 30_000;
  private static final long DRAIN_TIMEOUT_MS = 30_000;
  private static final long ANSWER_TIMEOUT_MS = 60_000;

  private final LoadGenerator load;
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private final Thread thread;

  /** Connects, and starts to write every key once and then the mix. */
  public LoadThread(LoadOptions options, int operationsPerSecond) throws IOException {
    load = new LoadGenerator(options, null);
    load.limitRate(operationsPerSecond);
    thread = Thread.ofPlatform().name("load").unstarted(this::run);
    try {
      load.connect(CONNECT_TIMEOUT_MS);
    } catch (IOException e) {
      load.close();
      throw e;
    }
    thread.start();
  }

  private void run() {
    try {
      load.populate();
      load.run(DRAIN_TIMEOUT_MS);
    } catch (IOException | RuntimeException e) {
      failure.set(e);
    }
  }

  /** Waits until so many further operations were answered. */
  public void awaitAnswers(long count) throws InterruptedException {
    long wanted = load.progress().acknowledged() + count;
    await(
        count + " further answers",
        () -> load.progress().acknowledged() >= wanted,
        ANSWER_TIMEOUT_MS);
  }

  /** Waits until no operation that was sent before now is in flight any more. */
  public void awaitNoneInFlight() throws InterruptedException {
    long beforeNs = load.nowNs();
    await(
        "answers to all operations in flight",
        () -> load.progress().oldestUnansweredNs() >= beforeNs,
        ANSWER_TIMEOUT_MS);
  }

  /** Lets every client close its connection and open one to a front; returns when all did. */
  public void moveTo(List<InetSocketAddress> fronts) throws InterruptedException {
    load.requestMove(fronts);
    await("clients at " + fronts, () -> !load.isMoving(), CONNECT_TIMEOUT_MS + DRAIN_TIMEOUT_MS);
  }

  private void await(String what, BooleanSupplier condition, long timeoutMs)
      throws InterruptedException {
    Await.until(
        what,
        timeoutMs,
        () -> {
          if (failure.get() != null) {
            throw new IllegalStateException("the load failed: " + failure.get(), failure.get());
          }
          return condition.getAsBoolean();
        });
  }

  /** Nanoseconds of the load's clock. */
  public long nowNs() {
    return load.nowNs();
  }

  /** Answers so far. */
  public long acknowledged() {
    return load.progress().acknowledged();
  }

  /** Connections that broke so far. */
  public int brokenConnections() {
    return load.progress().brokenConnections();
  }

  /** Each of them. */
  public List<Break> breaks() {
    return load.progress().breaks();
  }

  /** Stops, waits for the last answers and gives the whole history. */
  public History finish() throws InterruptedException {
    load.requestStop();
    thread.join();
    if (failure.get() != null) {
      throw new IllegalStateException("the load failed: " + failure.get(), failure.get());
    }
    return load.history();
  }

  @Override
  public void close() throws IOException {
    load.requestStop();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    load.close();
  }
}
