package org.understudy.simulation;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;

/**
 * Which faults a seed has, and how often: many kinds now and then, a few more often, or one alone
 * ten times as often, since what is rare in a mixture never comes twice in a row.
 */
final class FaultMix {
  /** What happens between messages or requests, with a probability each. */
  private static final EnumSet<FaultKind> RATES =
      EnumSet.of(
          FaultKind.LOSS,
          FaultKind.DELAY,
          FaultKind.REORDER,
          FaultKind.DUPLICATE,
          FaultKind.CORRUPT,
          FaultKind.ARBITER_SLOW,
          FaultKind.ARBITER_AFTER_THE_FACT,
          FaultKind.STANDBY_SLOW,
          FaultKind.STANDBY_UNFIT,
          FaultKind.RESTORE_FAILS);

  private static final EnumSet<FaultKind> TRANSITION =
      EnumSet.of(
          FaultKind.CRASH_AT_TRANSITION,
          FaultKind.PAUSE_AT_TRANSITION,
          FaultKind.CUT_AT_TRANSITION);

  private static final EnumSet<FaultKind> OPERATOR =
      EnumSet.of(
          FaultKind.ORDERLY_END,
          FaultKind.SWITCHOVER,
          FaultKind.STOP_BACKUP,
          FaultKind.STOP_IN_DOUBT,
          FaultKind.STOP_TWICE);

  /**
   * The kinds that are drawn; what is not has seeds of its own, so that others stay as they are.
   */
  private static final FaultKind[] DRAWN =
      EnumSet.complementOf(
              EnumSet.of(
                  FaultKind.IMAGE_WRONG,
                  FaultKind.ERROR_IN_CYCLE,
                  FaultKind.STOP_PRIMARY,
                  FaultKind.LASTING_SLOW_ARBITER))
          .toArray(FaultKind[]::new);

  private static final int SEEDS_OF_THEIR_OWN = 16;

  private final World world;
  private final Map<FaultKind, Integer> weights = new EnumMap<>(FaultKind.class);
  private int total;

  /** How many times as often as usual. */
  final int pace;

  /** Probability of a fault at each change of a state. */
  final double atTransition;

  FaultMix(World world) {
    this.world = world;
    boolean operated = world.chance(1 / 3.0);
    int shape = world.below(10);
    if (shape < 5) {
      pace = 1;
      everyKind(operated);
    } else if (shape < 7) {
      pace = 3;
      some(3, operated);
    } else if (shape < 9) {
      pace = 10;
      some(1, operated);
    } else {
      pace = 1;
      some(1, operated);
      TRANSITION.forEach(kind -> add(kind, 1));
    }
    ofTheirOwn(FaultKind.IMAGE_WRONG, 5, 13);
    if (world.agents) {
      // Where agents and sessions alternate, the agents have the multiples of four.
      ofTheirOwn(FaultKind.IMAGE_WRONG, 12);
      ofTheirOwn(FaultKind.ERROR_IN_CYCLE, 3, 7, 8, 11, 12, 15);
    }
    ofTheirOwn(FaultKind.STOP_PRIMARY, 8, 9, 12, 14);
    double[] chances = {0.01, 0.05, 0.2, 0.5};
    atTransition = chances[world.below(shape == 9 ? 4 : 3)];
  }

  private void ofTheirOwn(FaultKind kind, Integer... which) {
    if (isOneOf(world, which) && isPossible(kind, true)) {
      add(kind, 1);
    }
  }

  /** Whether a world's seed is one of those, of each sixteen. */
  static boolean isOneOf(World world, Integer... which) {
    return List.of(which).contains(Math.floorMod(world.seed, SEEDS_OF_THEIR_OWN));
  }

  private void everyKind(boolean operated) {
    for (FaultKind kind : DRAWN) {
      if (isPossible(kind, operated) && world.chance(0.4)) {
        add(kind, 1 + world.below(4));
      }
    }
  }

  private void some(int count, boolean operated) {
    while (weights.size() < count) {
      FaultKind kind = DRAWN[world.below(DRAWN.length)];
      if (isPossible(kind, operated)) {
        add(kind, 1);
      }
    }
    for (FaultKind kind : OPERATOR) {
      if (operated && world.chance(0.5) && isPossible(kind, true)) {
        add(kind, 1);
      }
    }
  }

  private boolean isPossible(FaultKind kind, boolean operated) {
    return !kind.isLasting()
        && !world.without.contains(kind)
        && (operated || !OPERATOR.contains(kind));
  }

  private void add(FaultKind kind, int weight) {
    if (weights.put(kind, weight) == null && isTimed(kind)) {
      total += weight;
    } else if (isTimed(kind)) {
      total = 0;
      weights.forEach((k, w) -> total += isTimed(k) ? w : 0);
    }
  }

  private static boolean isTimed(FaultKind kind) {
    return !RATES.contains(kind) && !TRANSITION.contains(kind) && kind != FaultKind.PAUSE_IN_CYCLE;
  }

  boolean has(FaultKind kind) {
    return weights.containsKey(kind);
  }

  /** A probability: this one, more of it in seeds that have little else, or none. */
  double rate(FaultKind kind, double rate) {
    return has(kind) ? Math.min(0.6, rate * Math.max(1, pace / 2)) : 0;
  }

  /** One kind by its weight, or null if this seed has none that come by time. */
  FaultKind next() {
    if (total == 0) {
      return null;
    }
    int at = world.below(total);
    for (Map.Entry<FaultKind, Integer> kind : weights.entrySet()) {
      if (isTimed(kind.getKey())) {
        at -= kind.getValue();
        if (at < 0) {
          return kind.getKey();
        }
      }
    }
    throw new IllegalStateException("weights do not add up");
  }
}
