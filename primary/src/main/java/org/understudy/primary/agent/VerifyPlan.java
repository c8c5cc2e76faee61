package org.understudy.primary.agent;

/**
 * At which epochs memory is digested for the comparison with the image: every n-th, at most so many
 * times. The guest pauses for a digest.
 *
 * @param everyEpochs n, 0 for never
 * @param samples most digests
 */
public record VerifyPlan(int everyEpochs, int samples) {
  /** No digests. */
  public static final VerifyPlan OFF = new VerifyPlan(0, 0);

  boolean isDue(long epoch) {
    return everyEpochs > 0
        && epoch > 0
        && epoch % everyEpochs == 0
        && epoch / everyEpochs <= samples;
  }
}
