package org.understudy.pair.arbiter;

import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.understudy.pair.ownership.KnownRegister;
import org.understudy.pair.ownership.Register;
import org.understudy.pair.ownership.RegisterAnswers;

/**
 * Makes the blocking calls to the arbiter on a thread of its own, one after the other, and brings
 * the answers back as events of the agent's duty cycle.
 */
public final class ArbiterWorker implements RegisterCalls, AutoCloseable {
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

  /** Of the worker's thread alone, once that runs. */
  private final KnownRegister known = new KnownRegister();

  private volatile String trouble;
  private volatile Register lastSeen;

  /**
   * A worker for one arbiter.
   *
   * @param wakeUp called when an answer waits (the agent may be parked)
   * @param onError told of failed calls, once for each reason in a row
   */
  public ArbiterWorker(Arbiter arbiter, Runnable wakeUp, Consumer<IOException> onError) {
    this.arbiter = arbiter;
    this.wakeUp = wakeUp;
    this.onError = onError;
  }

  /** What the node read or wrote before this worker began; may be null. */
  public void onStart(Register register) {
    known.learn(register);
    lastSeen = register;
  }

  @Override
  public void readRegister(long request) {
    submit(
        request,
        () -> {
          Register register = read();
          return sink -> sink.onRegister(request, register);
        });
  }

  @Override
  public void compareAndSet(long request, Register next) {
    submit(
        request,
        () -> {
          boolean written = arbiter.compareAndSet(next);
          trouble = written ? null : trouble;
          if (written) {
            known.learn(next);
            lastSeen = next;
          }
          return sink -> sink.onWritten(request, written);
        });
  }

  /** Only what speaks is remembered; whoever asked judges for himself. */
  private Register read() throws IOException {
    Register register = arbiter.read().orElse(null);
    String fault = known.fault(register);
    if (fault == null) {
      known.learn(register);
      lastSeen = register;
      trouble = null;
    } else {
      failed(new IOException(fault));
    }
    return register;
  }

  private void failed(IOException e) {
    String reason = String.valueOf(e.getMessage());
    boolean isNew = !Objects.equals(trouble, reason);
    trouble = reason;
    if (isNew) {
      onError.accept(e);
    }
  }

  private interface Call {
    Consumer<RegisterAnswers> run() throws IOException;
  }

  private void submit(long request, Call call) {
    executor.execute(() -> {
      try {
        answers.add(call.run());
      } catch (IOException e) {
        failed(e);
        answers.add(sink -> sink.onArbiterFailed(request));
      } catch (RuntimeException | Error e) {
        // A call that ends in silence would leave its claim to a time-out, and nobody a reason.
        failed(new IOException(e.toString(), e));
        answers.add(sink -> sink.onArbiterFailed(request));
      }
      wakeUp.run();
    });
  }

  @Override
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

  /** Whether the last call succeeded, and showed a register that speaks. */
  public boolean isReachable() {
    return trouble == null;
  }

  /** What is wrong with the arbiter, or null. */
  public String trouble() {
    return trouble;
  }

  /** Reads the register for {@link #lastSeen} alone: nobody waits for an answer. */
  public void look() {
    executor.execute(() -> {
      try {
        read();
      } catch (IOException e) {
        failed(e);
      } catch (RuntimeException | Error e) {
        failed(new IOException(e.toString(), e));
      }
    });
  }

  @Override
  public Register lastSeen() {
    return lastSeen;
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
