package org.understudy.pair.arbiter;

import java.io.IOException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.understudy.pair.ownership.Register;
import org.understudy.pair.ownership.RegisterAnswers;

/**
 * Makes the blocking calls to the arbiter on a thread of its own, one after the other, and brings
 * the answers back as events of the agent's duty cycle.
 */
public final class ArbiterWorker implements RegisterCalls, AutoCloseable {
  private final Arbiter arbiter;
  private final Runnable wakeUp;
  private final ArbiterAnswers answers;
  private final ArbiterQueue queue = new ArbiterQueue();
  private final ExecutorService executor =
      Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "arbiter");
        thread.setDaemon(true);
        return thread;
      });

  /**
   * A worker for one arbiter.
   *
   * @param wakeUp called when an answer waits (the agent may be parked)
   * @param onError told of failed calls, once for each reason in a row
   */
  public ArbiterWorker(Arbiter arbiter, Runnable wakeUp, Consumer<IOException> onError) {
    this.arbiter = arbiter;
    this.wakeUp = wakeUp;
    answers = new ArbiterAnswers(onError);
  }

  /** What the node read or wrote before this worker began; may be null. */
  public void onStart(Register register) {
    answers.onStart(register);
  }

  @Override
  public void readRegister(long request) {
    if (queue.read(request)) {
      executor.execute(this::callNext);
    }
  }

  @Override
  public void compareAndSet(long request, Register next) {
    if (queue.write(request, next)) {
      executor.execute(this::callNext);
    } else {
      answers.onFailed(
          new ArbiterQueue.Write(request, next),
          new IOException("it hangs, and " + ArbiterQueue.MAX_WRITES + " writes wait for it"));
    }
  }

  /** Reads the register for {@link #lastSeen} alone: nobody waits for an answer. */
  public void look() {
    if (queue.look()) {
      executor.execute(this::callNext);
    }
  }

  private void callNext() {
    ArbiterQueue.Call call = queue.next();
    try {
      make(call);
    } catch (IOException e) {
      answers.onFailed(call, e);
    } catch (RuntimeException | Error e) {
      // A call that ends in silence would leave its claim to a time-out, and nobody a reason.
      answers.onFailed(call, new IOException(e.toString(), e));
    }
    wakeUp.run();
  }

  private void make(ArbiterQueue.Call call) throws IOException {
    switch (call) {
      case ArbiterQueue.Write(long request, Register next) ->
          answers.onWritten(request, next, arbiter.compareAndSet(next));
      case ArbiterQueue.Read read -> answers.onRead(read, arbiter.read().orElse(null));
    }
  }

  @Override
  public int poll(RegisterAnswers sink) {
    return answers.poll(sink);
  }

  /** Whether the last call succeeded, and showed a register that speaks. */
  public boolean isReachable() {
    return answers.trouble() == null;
  }

  /** What is wrong with the arbiter, or null. */
  public String trouble() {
    return answers.trouble();
  }

  @Override
  public Register lastSeen() {
    return answers.lastSeen();
  }

  @Override
  public String describe() {
    return arbiter.describe();
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
