package org.understudy.simulation;

import java.util.Map;

/** Legal transitions that the seeds of {@link SimulationTest} do not take, each with its reason. */
final class NotTaken {
  static final Map<String, String> BY_A_PRIMARY =
      Map.of(
          "HANDED_OVER -> FENCED",
          "the guest has to fail in the instant of the handover: one of some thousand seeds");

  static final Map<String, String> BY_A_BACKUP =
      Map.of(
          "RESIGNING -> CONNECTING",
          "an image that differs from the primary's memory, which the model's never does",
          "RESIGNING -> ENDED",
          "the same, where the guest ends meanwhile");

  private NotTaken() {}
}
