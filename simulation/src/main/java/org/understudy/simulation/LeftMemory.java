package org.understudy.simulation;

import java.util.SplittableRandom;

/**
 * What a host's memory holds of processes that are gone: any of it may be a copy's base. Chance of
 * its own, so that worlds whose hosts forget are as they would be without it.
 */
final class LeftMemory {
  private final double forgets;
  private final SplittableRandom random;
  private long[] words;

  LeftMemory(World world, int index) {
    forgets = world.hostForgets;
    random = new SplittableRandom(world.seed * 31 + index);
  }

  /** A process with this memory is gone; null where it had none. */
  void leave(long[] memory) {
    if (random.nextDouble() < forgets) {
      words = null;
    } else if (memory != null) {
      words = memory;
      // It may be of any instant, and of another guest: what it says is not believed.
      for (int i = random.nextInt(4); i > 0; i--) {
        words[random.nextInt(words.length)] ^= random.nextLong();
      }
    }
  }

  /** A copy of it, or null. */
  long[] words() {
    return words == null ? null : words.clone();
  }
}
