package org.understudy.vm.disk;

/** One seed per test, printed, and replayed with {@code -Dunderstudy.seed=}. */
public final class Seeds {
  private Seeds() {}

  public static long next(Class<?> test) {
    long seed = Long.getLong("understudy.seed", System.nanoTime());
    System.out.println(test.getSimpleName() + " understudy.seed=" + seed);
    return seed;
  }
}
