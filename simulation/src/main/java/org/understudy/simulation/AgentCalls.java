package org.understudy.simulation;

import java.io.IOException;
import org.understudy.pair.arbiter.ArbiterAnswers;
import org.understudy.pair.arbiter.ArbiterQueue;
import org.understudy.pair.arbiter.RegisterCalls;
import org.understudy.pair.ownership.Register;
import org.understudy.pair.ownership.RegisterAnswers;

/**
 * The agents' calls to the simulated arbiter, in place of the thread that makes them: one after the
 * other, however long each takes. What waits and what becomes of the answers is the product's.
 */
final class AgentCalls implements RegisterCalls, RegisterAnswers {
  /** One call at a time needs no numbers. */
  private static final long NUMBER = 0;

  private final AgentNode node;
  private final ArbiterQueue queue = new ArbiterQueue();
  private ArbiterQueue.Call current;
  private final ArbiterAnswers answers = new ArbiterAnswers(trouble -> {});

  AgentCalls(AgentNode node) {
    this.node = node;
  }

  /** What the node read before it began; may be null. */
  void onStart(Register register) {
    answers.onStart(register);
  }

  @Override
  public void readRegister(long request) {
    node.step();
    queue.read(request);
    callNext();
  }

  @Override
  public void compareAndSet(long request, Register next) {
    node.step();
    if (!queue.write(request, next)) {
      throw new Violation("queue: more writes wait for the arbiter than ever should");
    }
    callNext();
  }

  private void callNext() {
    if (current == null) {
      current = queue.next();
      switch (current) {
        case null -> {}
        case ArbiterQueue.Read read -> node.world.arbiter.read(node.process, NUMBER);
        case ArbiterQueue.Write write ->
            node.world.arbiter.write(node.process, NUMBER, write.next());
      }
    }
  }

  private ArbiterQueue.Call taken() {
    ArbiterQueue.Call call = current;
    current = null;
    return call;
  }

  @Override
  public int poll(RegisterAnswers sink) {
    return answers.poll(sink);
  }

  @Override
  public Register lastSeen() {
    return answers.lastSeen();
  }

  @Override
  public void onWritten(long request, boolean written) {
    ArbiterQueue.Write write = (ArbiterQueue.Write) taken();
    answers.onWritten(write.request(), write.next(), written);
    callNext();
  }

  @Override
  public void onRegister(long request, Register register) {
    answers.onRead((ArbiterQueue.Read) taken(), register);
    callNext();
  }

  @Override
  public void onArbiterFailed(long request) {
    answers.onFailed(taken(), new IOException("it does not answer"));
    callNext();
  }
}
