package org.understudy.failover.process;

import java.util.List;

/**
 * What a kill run does.
 *
 * @param counts deaths by kind
 * @param chainLength kills that one pair lives through before its history is judged
 * @param seed of plan and load
 * @param preset preset of the pair
 * @param memoryBytes protected memory
 * @param connections clients
 * @param keys keys of the load
 * @param operationsPerSecond of all clients; 0 for as fast as the service answers
 * @param settings further lines of both configurations
 */
public record KillOptions(
    KillCounts counts,
    int chainLength,
    long seed,
    String preset,
    long memoryBytes,
    int connections,
    int keys,
    int operationsPerSecond,
    List<String> settings) {
  /** Refuses what cannot be run. */
  public KillOptions {
    settings = List.copyOf(settings);
    if (chainLength < 1) {
      throw new IllegalArgumentException("a chain of " + chainLength + " kills");
    }
  }

  /** The kills, in chains. */
  public List<List<Kill>> plan() {
    return KillPlan.of(counts, chainLength, seed);
  }
}
