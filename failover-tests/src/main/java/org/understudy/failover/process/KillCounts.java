package org.understudy.failover.process;

/**
 * How many deaths of which kind a run makes.
 *
 * @param primary kills of the primary
 * @param backup kills of the backup, one of five during its initial copy
 * @param frozen primaries that stand still beyond the time-out
 * @param cutLinks links cut beyond the time-out
 */
public record KillCounts(int primary, int backup, int frozen, int cutLinks) {
  /** Refuses what cannot be run. */
  public KillCounts {
    if (Math.min(Math.min(primary, backup), Math.min(frozen, cutLinks)) < 0) {
      throw new IllegalArgumentException("a number of kills is negative");
    }
    if (primary + backup + frozen + cutLinks == 0) {
      throw new IllegalArgumentException("no kills: nothing to do");
    }
  }

  /** Only kills. */
  public static KillCounts of(int primary, int backup) {
    return new KillCounts(primary, backup, 0, 0);
  }
}
