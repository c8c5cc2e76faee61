package org.understudy.simulation;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.understudy.pair.arbiter.ArbiterAnswers;
import org.understudy.pair.arbiter.RegisterCalls;
import org.understudy.pair.ownership.Register;
import org.understudy.pair.ownership.RegisterAnswers;

/**
 * The agents' calls to the simulated arbiter, in place of the thread that makes them; what becomes
 * of the answers is the product's.
 */
final class AgentCalls implements RegisterCalls, RegisterAnswers {
  private final AgentNode node;
  private final Map<Long, Register> writes = new HashMap<>();
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
    node.world.arbiter.read(node.process, request);
  }

  @Override
  public void compareAndSet(long request, Register next) {
    node.step();
    writes.put(request, next);
    node.world.arbiter.write(node.process, request, next);
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
    answers.onWritten(request, writes.remove(request), written);
  }

  @Override
  public void onRegister(long request, Register register) {
    answers.onRead(request, register);
  }

  @Override
  public void onArbiterFailed(long request) {
    answers.onFailed(request, new IOException("it does not answer"));
  }
}
