package org.understudy.simulation;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.understudy.pair.arbiter.RegisterCalls;
import org.understudy.pair.ownership.KnownRegister;
import org.understudy.pair.ownership.Register;
import org.understudy.pair.ownership.RegisterAnswers;

/** The agents' calls to the simulated arbiter; answers wait for the next duty cycle. */
final class AgentCalls implements RegisterCalls, RegisterAnswers {
  private final AgentNode node;
  private final ArrayDeque<Consumer<RegisterAnswers>> answers = new ArrayDeque<>();
  private final Map<Long, Register> writes = new HashMap<>();
  private final KnownRegister known = new KnownRegister();
  private Register lastSeen;

  AgentCalls(AgentNode node) {
    this.node = node;
  }

  /** What the node read before it began; may be null. */
  void onStart(Register register) {
    known.learn(register);
    lastSeen = register;
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
    int count = 0;
    for (var answer = answers.poll(); answer != null; answer = answers.poll()) {
      answer.accept(sink);
      count++;
    }
    return count;
  }

  @Override
  public Register lastSeen() {
    return lastSeen;
  }

  private void learn(Register register) {
    known.learn(register);
    lastSeen = register;
  }

  @Override
  public void onWritten(long request, boolean written) {
    Register next = writes.remove(request);
    if (written && next != null) {
      learn(next);
    }
    answers.add(sink -> sink.onWritten(request, written));
  }

  @Override
  public void onRegister(long request, Register register) {
    if (known.fault(register) == null) {
      learn(register);
    }
    answers.add(sink -> sink.onRegister(request, register));
  }

  @Override
  public void onArbiterFailed(long request) {
    answers.add(sink -> sink.onArbiterFailed(request));
  }
}
