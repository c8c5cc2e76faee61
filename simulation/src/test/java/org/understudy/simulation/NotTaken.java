package org.understudy.simulation;

import java.util.Map;

/** Legal transitions that no seed takes, each with its reason. */
final class NotTaken {
  static final Map<String, String> BY_A_PRIMARY = Map.of();
  static final Map<String, String> BY_A_BACKUP = Map.of();

  private NotTaken() {}
}
