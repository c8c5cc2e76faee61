package org.understudy.pair.arbiter;

import java.io.IOException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.understudy.pair.ownership.Register;
import org.understudy.pair.ownership.RegisterAnswers;
import org.understudy.pair.ownership.RegisterPort;

/**
 * Makes the blocking calls to the arbiter on a thread of its own, one after the other, and brings
 * the answers back as events of the agent's duty cycle.
 */
public final class ArbiterWorker implements RegisterPort, AutoCloseable {
  private final Arbiter arbiter;
  private final Runnable wakeUp;
  private final Consumer<IOException> onError;
  private final ExecutorService executor =
      Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "arbiter");
        thread.setDaemon(true);
        return thread;
      });
  private final ConcurrentLinkedQueue<Consumer<RegisterAnswers>> answers =
      new ConcurrentLinkedQueue<>();
  private volatile boolean reachable = true;
  private volatile Register lastSeen;

  /**
   * A worker for one arbiter.
   *
   * @param wakeUp called when an answer waits (the agent may be parked)
   * @param onError told of every failed call
   */
  public ArbiterWorker(Arbiter arbiter, Runnable wakeUp, Consumer<IOException> onError) {
    this.arbiter = arbiter;
    this.wakeUp = wakeUp;
    this.onError = onError;
  }

  /** What the node read or wrote before this worker began; may be null. */
  public void onStart(Register register) {
    lastSeen = register;
  }

  @Override
  public void readRegister(long request) {
    submit(
        request,
        () -> {
          Register register = arbiter.read().orElse(null);
          lastSeen = register;
          return sink -> sink.onRegister(request, register);
        });
  }

  @Override
  public void compareAndSet(long request, Register next) {
    submit(
        request,
        () -> {
          boolean written = arbiter.compareAndSet(next);
          if (written) {
            lastSeen = next;
          }
          return sink -> sink.onWritten(request, written);
        });
  }

  private interface Call {
    Consumer<RegisterAnswers> run() throws IOException;
  }

  private void submit(long request, Call call) {
    executor.execute(() -> {
      try {
        Consumer<RegisterAnswers> answer = call.run();
        reachable = true;
        answers.add(answer);
      } catch (IOException e) {
        reachable = false;
        onError.accept(e);
        answers.add(sink -> sink.onArbiterFailed(request));
      }
      wakeUp.run();
    });
  }

  /** Delivers the answers that arrived; returns their number. */
  public int poll(RegisterAnswers sink) {
    int count = 0;
    for (Consumer<RegisterAnswers> answer = answers.poll();
        answer != null;
        answer = answers.poll()) {
      answer.accept(sink);
      count++;
    }
    return count;
  }

  /** Whether the last call succeeded. */
  public boolean isReachable() {
    return reachable;
  }

  /** Reads the register for {@link #lastSeen} alone: nobody waits for an answer. */
  public void look() {
    executor.execute(() -> {
      try {
        lastSeen = arbiter.read().orElse(null);
        reachable = true;
      } catch (IOException e) {
        reachable = false;
        onError.accept(e);
      }
    });
  }

  /** The register as it was last read or written here; null before. */
  public Register lastSeen() {
    return lastSeen;
  }

  /** Kind and place of the arbiter. */
  public String describe() {
    return arbiter.describe();
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
