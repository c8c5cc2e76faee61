package org.understudy.node.arbiter;

import java.io.IOException;
import java.util.concurrent.ThreadLocalRandom;
import org.understudy.pair.arbiter.Arbiter;
import org.understudy.pair.ownership.Register;

/** What all kinds of arbiters judge alike. */
public final class Registers {
  private Registers() {}

  /** A random id for a new register. */
  public static long newId() {
    long id = ThreadLocalRandom.current().nextLong();
    return id == 0 ? 1 : id;
  }

  /**
   * Whether one register is exactly before another.
   *
   * @param current what the arbiter has; null for nothing
   * @throws IOException if they are registers of two pairs
   */
  static boolean precedes(Register current, Register next, Arbiter arbiter) throws IOException {
    long generation = current == null ? 0 : current.generation();
    if (generation != next.generation() - 1) {
      return false;
    }
    if (current != null && current.registerId() != next.registerId()) {
      throw new IOException(
          "register id "
              + Long.toHexString(next.registerId())
              + " does not belong to "
              + arbiter.describe()
              + ", which has "
              + Long.toHexString(current.registerId()));
    }
    return true;
  }
}
