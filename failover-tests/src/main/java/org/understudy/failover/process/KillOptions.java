package org.understudy.failover.process;

import java.util.List;

/**
 * What a kill run does.
 *
 * @param primaryKills kills of the primary
 * @param backupKills kills of the backup
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
    int primaryKills,
    int backupKills,
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
    if (primaryKills < 0 || backupKills < 0 || primaryKills + backupKills == 0) {
      throw new IllegalArgumentException(
          primaryKills
              + " kills of the primary and "
              + backupKills
              + " of the backup: nothing to do");
    }
    if (chainLength < 1) {
      throw new IllegalArgumentException("a chain of " + chainLength + " kills");
    }
  }

  /** The kills, in chains. */
  public List<List<Kill>> plan() {
    return KillPlan.of(primaryKills, backupKills, chainLength, seed);
  }
}
