package org.understudy.failover.vm;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * One fault of a plan.
 *
 * @param fault what is done
 * @param afterMs when, since the pair is protected
 * @param lastsMs of what is done for a while: how long; else a part of the fault that is to come at
 *     a random instant
 */
record VmRound(VmFault fault, int afterMs, int lastsMs) {
  private static final int LATEST_MS = 2_000;
  private static final int LONGEST_MS = 600;

  /** The plan of a chain: each kind once before any comes again, in an order from the seed. */
  static List<VmRound> plan(List<VmFault> kinds, int rounds, long seed) {
    Random random = new Random(seed);
    List<VmRound> plan = new ArrayList<>();
    List<VmFault> bag = new ArrayList<>();
    while (plan.size() < rounds) {
      if (bag.isEmpty()) {
        bag.addAll(kinds);
        Collections.shuffle(bag, random);
      }
      plan.add(at(bag.removeLast(), random));
    }
    return plan;
  }

  /** These, one after the other, at instants from the seed. */
  static List<VmRound> inOrder(List<VmFault> kinds, long seed) {
    Random random = new Random(seed);
    return kinds.stream().map(kind -> at(kind, random)).toList();
  }

  private static VmRound at(VmFault kind, Random random) {
    return new VmRound(kind, random.nextInt(LATEST_MS), 50 + random.nextInt(LONGEST_MS));
  }
}
