package org.understudy.simulation;

import java.util.Map;

/** Legal transitions that the seeds of {@link SimulationTest} do not take, each with its reason. */
final class NotTaken {
  static final Map<String, String> BY_A_PRIMARY =
      Map.of(
          "HANDED_OVER -> FENCED",
          "the guest has to fail in the instant of the handover: one of some thousand seeds",
          "CLAIMING -> ENDED",
          "an operator's stop within an undecided claim that outlasts the deadline: as rare",
          "ENDING -> FENCED",
          "another owner while the last epoch is on its way: as rare",
          "SWITCHING -> PROTECTED",
          "a handover that is not committed in time over a link that holds: as rare");

  static final Map<String, String> BY_A_BACKUP =
      Map.of(
          "RESIGNING -> ENDED",
          "an image that turns out wrong and is given up while the guest ends: as rare");

  private NotTaken() {}
}
