package org.understudy.pair.arbiter;

import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.understudy.pair.ownership.KnownRegister;
import org.understudy.pair.ownership.Register;
import org.understudy.pair.ownership.RegisterAnswers;

/**
 * What became of the calls to an arbiter, on its way from the thread that makes them to the duty
 * cycle that asked: what of it is remembered, and what is wrong with the arbiter. Put in by one
 * thread at a time, taken by the agent's.
 */
public final class ArbiterAnswers {
  private final Consumer<IOException> onError;
  private final ConcurrentLinkedQueue<Consumer<RegisterAnswers>> answers =
      new ConcurrentLinkedQueue<>();

  /** Of the thread that makes the calls, once that runs. */
  private final KnownRegister known = new KnownRegister();

  private volatile String trouble;
  private volatile Register lastSeen;

  /**
   * No answer yet.
   *
   * @param onError told of failed calls, once for each reason in a row
   */
  public ArbiterAnswers(Consumer<IOException> onError) {
    this.onError = onError;
  }

  /** What the node read or wrote before any call; may be null. */
  public void onStart(Register register) {
    learn(register);
  }

  private void learn(Register register) {
    known.learn(register);
    lastSeen = register;
  }

  /** Only what speaks is remembered. */
  private void onLooked(Register register) {
    String fault = known.fault(register);
    if (fault == null) {
      learn(register);
      trouble = null;
    } else {
      onFault(new IOException(fault));
    }
  }

  /** The answer of a read: whoever asked judges it for himself. */
  public void onRead(ArbiterQueue.Read read, Register register) {
    onLooked(register);
    read.forEach(request -> answers.add(sink -> sink.onRegister(request, register)));
  }

  /** The answer of a write. */
  public void onWritten(long request, Register next, boolean written) {
    trouble = written ? null : trouble;
    if (written) {
      learn(next);
    }
    answers.add(sink -> sink.onWritten(request, written));
  }

  /** A call failed, and nobody knows what it did. */
  public void onFailed(ArbiterQueue.Call call, IOException reason) {
    onFault(reason);
    switch (call) {
      case ArbiterQueue.Write write -> failed(write.request());
      case ArbiterQueue.Read read -> read.forEach(this::failed);
    }
  }

  private void failed(long request) {
    answers.add(sink -> sink.onArbiterFailed(request));
  }

  private void onFault(IOException e) {
    String reason = String.valueOf(e.getMessage());
    boolean isNew = !Objects.equals(trouble, reason);
    trouble = reason;
    if (isNew) {
      onError.accept(e);
    }
  }

  /** Delivers what arrived; returns the number of answers. */
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

  /** What is wrong with the arbiter, or null. */
  public String trouble() {
    return trouble;
  }

  /** The register as it was last read or written here; null before. */
  public Register lastSeen() {
    return lastSeen;
  }
}
