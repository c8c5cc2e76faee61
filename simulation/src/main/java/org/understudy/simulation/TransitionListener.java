package org.understudy.simulation;

/** Told of every change of a session's state. */
@FunctionalInterface
interface TransitionListener {
  /** This process's session went from one state to the other. */
  void onTransition(SimProcess process, Enum<?> from, Enum<?> to);
}
