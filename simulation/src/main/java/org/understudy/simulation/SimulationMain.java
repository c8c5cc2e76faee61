package org.understudy.simulation;

/**
 * Runs any number of seeds, or replays one with a trace: {@code --seeds N --first SEED}, {@code
 * --replay SEED}, {@code --planted FAULT}, {@code --steps} for figures of every seed.
 */
public final class SimulationMain {
  private SimulationMain() {}

  /** Exit code 0: no violation and everything was reached; 1: a violation; 2: bad arguments. */
  public static void main(String[] args) {
    long seeds = 1000;
    long first = 1;
    long replay = -1;
    boolean steps = false;
    PlantedFault planted = PlantedFault.NONE;
    try {
      for (int i = 0; i < args.length; i++) {
        switch (args[i]) {
          case "--seeds" -> seeds = Long.parseLong(args[++i]);
          case "--first" -> first = Long.parseLong(args[++i]);
          case "--replay" -> replay = Long.parseLong(args[++i]);
          case "--planted" -> planted = PlantedFault.valueOf(args[++i]);
          case "--steps" -> steps = true;
          default -> throw new IllegalArgumentException("unknown option " + args[i]);
        }
      }
    } catch (RuntimeException e) {
      System.err.println(
          e.getMessage()
              + "; options: --seeds N --first SEED --replay SEED --planted FAULT --steps");
      System.exit(2);
    }
    System.exit(
        replay >= 0 ? replay(replay, planted) : runMany(first, seeds, planted, steps) ? 0 : 1);
  }

  private static int replay(long seed, PlantedFault planted) {
    try {
      System.out.print(Simulation.run(seed, planted, true).describe());
      return 0;
    } catch (Violation violation) {
      System.out.println("VIOLATION " + violation.getMessage());
      return 1;
    }
  }

  private static boolean runMany(long first, long seeds, PlantedFault planted, boolean steps) {
    Statistics all = new Statistics();
    long startNs = System.nanoTime();
    for (long seed = first; seed < first + seeds; seed++) {
      try {
        Statistics one = Simulation.run(seed, planted, false);
        all.add(one);
        if (steps) {
          System.out.println(
              "seed " + seed + " steps " + one.steps + " faults " + one.faultCount());
        }
      } catch (Violation violation) {
        System.out.println("VIOLATION " + violation.getMessage());
        System.out.println("replay with --replay " + seed);
        return false;
      }
    }
    double seconds = (System.nanoTime() - startNs) / 1e9;
    System.out.printf(
        "seeds %d to %d: no violation in %.1f s, %,.0f steps/s%n",
        first, first + seeds - 1, seconds, all.steps / seconds);
    System.out.print(all.describe());
    String missing = all.missing();
    if (!missing.isEmpty()) {
      System.out.println("never reached: " + missing);
    }
    return missing.isEmpty();
  }
}
