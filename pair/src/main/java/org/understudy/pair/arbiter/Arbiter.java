package org.understudy.pair.arbiter;

import java.io.IOException;
import java.util.Optional;
import org.understudy.pair.ownership.Register;

/**
 * A register with compare-and-set, touched only when ownership changes. Calls may block and are
 * made on a helper thread, never in a duty cycle.
 */
public interface Arbiter extends AutoCloseable {
  /** The current register; empty if nothing was ever written. */
  Optional<Register> read() throws IOException;

  /**
   * Writes {@code next} if the register is exactly at {@code next.generation() - 1}. An exception
   * means that the outcome is unknown: neither won nor lost until the register was read back.
   *
   * @return true if this call wrote it, false if the register is at another generation
   */
  boolean compareAndSet(Register next) throws IOException;

  /**
   * Goes the way of a write without writing: a claim that comes later finds everything warm, and an
   * arbiter that cannot be written shows now.
   */
  void rehearse() throws IOException;

  /** One line for logs and status: kind and place, and no secret. */
  String describe();

  @Override
  void close();
}
