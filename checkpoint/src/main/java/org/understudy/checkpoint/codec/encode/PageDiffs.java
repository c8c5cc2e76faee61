package org.understudy.checkpoint.codec.encode;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.understudy.checkpoint.codec.format.BatchFormat;
import org.understudy.checkpoint.codec.format.Mem;

/**
 * Picks the fastest {@link PageDiff} by a probe, once per process, on a thread of its own: encoders
 * start scalar and change over when it is done, which is harmless since the bytes are equal.
 */
public final class PageDiffs {
  private static final int PAGES = 32;
  private static final int ROUNDS_PER_STEP = 20;

  /** Compiling takes longest; steps end when a path got no faster for a while. */
  private static final int STEPS_WITHOUT_GAIN = 40;

  private static final long LIMIT_NS = 2_000_000_000L;

  /**
   * The vector path is slow until it is compiled, and on busy cores that takes seconds: only one
   * that is still slower after this time is given up.
   */
  private static final long VECTOR_LIMIT_NS = 10_000_000_000L;

  /** Leaves the core to the compiler (and the guest) between two tries. */
  private static final long PAUSE_MS = 5;

  private static volatile PageDiff best = new ScalarPageDiff();
  private static Thread probe;

  private PageDiffs() {}

  /** The best known so far; starts the probe at the first call. */
  static PageDiff best() {
    start();
    return best;
  }

  /** Name of the path in use. */
  public static String bestName() {
    return best.name();
  }

  /** Waits until the probe has chosen; for benchmarks. */
  public static void awaitProbe() throws InterruptedException {
    start().join();
  }

  private static synchronized Thread start() {
    if (probe == null) {
      probe = new Thread(PageDiffs::choose, "understudy-codec-probe");
      probe.setDaemon(true);
      probe.start();
    }
    return probe;
  }

  /** The vector path, or null where this JVM has none. */
  static PageDiff vector() {
    if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
      return null;
    }
    try {
      return (PageDiff)
          Class.forName(PageDiffs.class.getPackageName() + ".VectorPageDiff")
              .getDeclaredConstructor()
              .newInstance();
    } catch (ReflectiveOperationException | LinkageError e) {
      return null;
    }
  }

  private static void choose() {
    PageDiff vector =
        "scalar".equals(System.getProperty("understudy.codec.path")) ? null : vector();
    if (vector == null) {
      return;
    }
    PageDiff scalar = best;
    try (Probe data = new Probe()) {
      if (data.isEverFaster(vector, data.bestOf(scalar))) {
        best = vector;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A few pages in which one block in eight changed, written in all modes: all get compiled. */
  private static final class Probe implements AutoCloseable {
    private final long memory = Mem.allocateZeroed(2L * PAGES * Mem.PAGE);
    private final WordSink sink = new WordSink(PAGES * 2 * BatchFormat.MODES * Mem.PAGE);

    Probe() {
      SplittableRandom random = new SplittableRandom(1);
      for (int i = 0; i < PAGES * 64 / 8; i++) {
        long at = memory + (long) random.nextInt(2 * PAGES) * Mem.PAGE + random.nextInt(510) * 8L;
        Mem.putLong(at, random.nextInt());
      }
    }

    long bestOf(PageDiff diff) {
      long bestNs = Long.MAX_VALUE;
      long deadline = System.nanoTime() + LIMIT_NS;
      for (int idle = 0; idle < STEPS_WITHOUT_GAIN && System.nanoTime() < deadline; idle++) {
        long ns = step(diff);
        if (ns < bestNs - bestNs / 20) {
          idle = 0;
        }
        bestNs = Math.min(bestNs, ns);
      }
      return bestNs;
    }

    /** Tries until one step takes less than the limit. */
    boolean isEverFaster(PageDiff diff, long limitNs) throws InterruptedException {
      long deadline = System.nanoTime() + VECTOR_LIMIT_NS;
      while (step(diff) >= limitNs) {
        if (System.nanoTime() - deadline > 0) {
          return false;
        }
        TimeUnit.MILLISECONDS.sleep(PAUSE_MS);
      }
      return true;
    }

    private long step(PageDiff diff) {
      long start = System.nanoTime();
      for (int round = 0; round < ROUNDS_PER_STEP; round++) {
        sink.clear();
        for (int page = 0; page < PAGES; page++) {
          long at = memory + 2L * page * Mem.PAGE;
          long mask = diff.changedBlocks(at, at + Mem.PAGE);
          for (int mode = 0; mode < BatchFormat.MODES; mode++) {
            diff.putWords(at, at + Mem.PAGE, mask, sink, mode);
          }
        }
      }
      return System.nanoTime() - start;
    }

    @Override
    public void close() {
      Mem.free(memory);
      sink.close();
    }
  }
}
