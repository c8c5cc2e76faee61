package org.understudy.pair.session;

/** Told of every change of state: one log line, one metric, one status update. */
@FunctionalInterface
public interface StateListener {
  /** Tells nobody. */
  StateListener NONE = (machine, from, to, nowNs, reason) -> {};

  /**
   * A state machine changed its state.
   *
   * @param machine {@code primary} or {@code backup}
   * @param from old state, or null at the start
   * @param to new state
   * @param nowNs the time that was passed in
   * @param reason one line for people
   */
  void onState(String machine, Enum<?> from, Enum<?> to, long nowNs, String reason);
}
