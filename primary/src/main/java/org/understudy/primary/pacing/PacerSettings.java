package org.understudy.primary.pacing;

/**
 * When to capture; times in nanoseconds.
 *
 * @param fixed capture every {@code maxNs} of running time where anything changed, whatever waits
 * @param outputTriggers output that waits for a commit is a reason to capture ({@code llm}: not, it
 *     leaves by itself)
 * @param minNs least running time of the guest from resume to the next capture
 * @param maxNs most running time when anything changed
 * @param inFlight most checkpoints that are not acked
 * @param inputMark consumed inputs that are a reason to capture
 * @param dirtyPageMark dirty pages that are a reason to capture
 * @param queueMarkPercent fill of the fullest queue that is a reason to capture
 * @param maxPausePercent most of its time that a guest is paused: a pause is followed by that much
 *     running, up to {@code maxNs}, before output asks for the next one
 * @param flowingPausePercent the share of pauses that is allowed while its output flows
 */
public record PacerSettings(
    boolean fixed,
    boolean outputTriggers,
    long minNs,
    long maxNs,
    int inFlight,
    long inputMark,
    long dirtyPageMark,
    int queueMarkPercent,
    int maxPausePercent,
    int flowingPausePercent) {
  /** Share of time in which a guest may be paused, where nothing else is said. */
  public static final int DEFAULT_MAX_PAUSE_PERCENT = 30;

  /**
   * Share of time in which a guest may be paused while its output flows: redis in an emulated
   * guest, with 800 requests outstanding, got most done with epochs of 8 to 11 ms and pauses of
   * about 1 ms.
   */
  public static final int DEFAULT_FLOWING_PAUSE_PERCENT = 8;

  private static final int HUNDRED = 100;

  /** Refuses contradictions. */
  public PacerSettings {
    if (minNs < 0 || maxNs <= 0 || minNs > maxNs) {
      throw new IllegalArgumentException(
          "epoch.min " + minNs + " ns must not be above epoch.max " + maxNs + " ns");
    }
    if (inFlight < 1) {
      throw new IllegalArgumentException("epoch.inFlight " + inFlight + " must be 1 or more");
    }
    if (maxPausePercent < 1 || maxPausePercent > HUNDRED) {
      throw new IllegalArgumentException(
          "the share of pauses must be 1 to 100 percent, not " + maxPausePercent);
    }
    if (flowingPausePercent < 1 || flowingPausePercent > maxPausePercent) {
      throw new IllegalArgumentException(
          "the share of pauses while output flows must be 1 to "
              + maxPausePercent
              + " percent, not "
              + flowingPausePercent);
    }
  }

  /** Running time that a pause of this length asks for, with this share of pauses. */
  long runningNsAfter(long pauseNs, int pausePercent) {
    return Math.min(maxNs, Math.max(minNs, pauseNs * (HUNDRED - pausePercent) / pausePercent));
  }

  /** The default: like a group commit, as soon as output waits and there is room in flight. */
  public static PacerSettings adaptive() {
    return new PacerSettings(
        false,
        true,
        200_000,
        20_000_000,
        2,
        4096,
        8192,
        50,
        DEFAULT_MAX_PAUSE_PERCENT,
        DEFAULT_FLOWING_PAUSE_PERCENT);
  }

  /** A fixed epoch length. */
  public static PacerSettings fixed(long lengthNs) {
    return new PacerSettings(
        true,
        true,
        0,
        lengthNs,
        2,
        1 << 20,
        1 << 20,
        90,
        DEFAULT_MAX_PAUSE_PERCENT,
        DEFAULT_FLOWING_PAUSE_PERCENT);
  }

  /** Rare checkpoints, bounded by time, by the input log and by dirty pages. */
  public static PacerSettings llm(long lengthNs, long inputMark) {
    return new PacerSettings(
        false,
        false,
        1_000_000,
        lengthNs,
        2,
        inputMark,
        65_536,
        75,
        DEFAULT_MAX_PAUSE_PERCENT,
        DEFAULT_FLOWING_PAUSE_PERCENT);
  }
}
