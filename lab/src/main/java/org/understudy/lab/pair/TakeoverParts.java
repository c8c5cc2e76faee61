package org.understudy.lab.pair;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.understudy.node.status.NodeStatus;

/**
 * The type I downtime in its parts: microseconds between instants that never decrease, so they sum
 * to the total.
 */
public final class TakeoverParts {
  /** Names of the parts, in order. */
  public static final List<String> NAMES =
      List.of("detect", "claim", "apply", "restore", "replay", "firstAnswer");

  private TakeoverParts() {}

  /**
   * Takes the instants of a takeover apart; an instant before its predecessor counts as equal.
   *
   * @param killedAtUs wall-clock microseconds of the death
   * @return microseconds by name, in order
   */
  public static Map<String, Long> of(long killedAtUs, NodeStatus.Takeover made) {
    long[] instants = {
      made.detectedAtUs(),
      made.claimedAtUs(),
      made.appliedAtUs(),
      made.restoredAtUs(),
      made.replayedAtUs(),
      made.firstAnswerAtUs()
    };
    Map<String, Long> partsUs = new LinkedHashMap<>();
    long previous = killedAtUs;
    for (int i = 0; i < instants.length; i++) {
      long instant = Math.max(previous, instants[i]);
      partsUs.put(NAMES.get(i), instant - previous);
      previous = instant;
    }
    return partsUs;
  }
}
