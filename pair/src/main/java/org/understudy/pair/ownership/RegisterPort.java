package org.understudy.pair.ownership;

/**
 * The arbiter as a state machine sees it: requests that never block, answered later as events with
 * the same number. Requests of one port are executed one after the other in this order (a helper
 * thread); a request that was not yet started may be left out when a newer one arrives.
 */
public interface RegisterPort {
  /** Kind and place of the arbiter, for messages. */
  default String describe() {
    return "the arbiter";
  }

  /** Asks for the register. */
  void readRegister(long request);

  /** Asks for {@code next} to replace the register of the generation before. */
  void compareAndSet(long request, Register next);
}
