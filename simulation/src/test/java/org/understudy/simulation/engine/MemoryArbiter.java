package org.understudy.simulation.engine;

import java.io.IOException;
import java.util.Optional;
import org.understudy.pair.arbiter.Arbiter;
import org.understudy.pair.ownership.Register;

/** A register in memory, shared by the nodes of one test; can be made unreachable. */
final class MemoryArbiter implements Arbiter {
  private Register register;
  private boolean reachable = true;

  @Override
  public synchronized Optional<Register> read() throws IOException {
    requireReachable();
    return Optional.ofNullable(register);
  }

  @Override
  public synchronized boolean compareAndSet(Register next) throws IOException {
    requireReachable();
    long generation = register == null ? 0 : register.generation();
    boolean fits = next.generation() == generation + 1;
    if (fits) {
      register = next;
    }
    return fits;
  }

  private void requireReachable() throws IOException {
    if (!reachable) {
      throw new IOException("the test made the arbiter unreachable");
    }
  }

  synchronized void reachable(boolean value) {
    reachable = value;
  }

  synchronized Register now() {
    return register;
  }

  @Override
  public void rehearse() throws IOException {
    requireReachable();
  }

  @Override
  public String describe() {
    return "memory";
  }

  @Override
  public void close() {}
}
