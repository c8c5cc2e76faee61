package org.understudy.simulation;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/** Runs many seeds on as many threads as there are processors, and adds up what happened. */
public final class SeedRange {
  /** One seed's violation. */
  public record Found(long seed, String message) {}

  /** Called now and then from one of the threads. */
  @FunctionalInterface
  public interface Progress {
    /** Tells nobody. */
    Progress NONE = (done, violations, steps) -> {};

    /** So many seeds are done, with so many violations. */
    void onSeeds(long done, int violations, long steps);
  }

  private final long first;
  private final long count;
  private final PlantedFault planted;
  private final Set<FaultKind> without;
  private final int threads;
  private final Parts parts;
  private final Statistics sum = new Statistics();
  private final List<Found> found = new ArrayList<>();
  private final AtomicLong next;
  private boolean isFirstEnough;
  private long done;
  private long cpuNs;
  private long lastShownNs;
  private Error failure;

  /** These seeds; threads of 0 means all processors. */
  public SeedRange(
      long first, long count, PlantedFault planted, Set<FaultKind> without, int threads) {
    this(first, count, planted, without, threads, Simulation.partsFor(planted));
  }

  /** The same with a choice of what runs. */
  public SeedRange(
      long first,
      long count,
      PlantedFault planted,
      Set<FaultKind> without,
      int threads,
      Parts parts) {
    this.parts = parts;
    this.without = without;
    this.first = first;
    this.count = count;
    this.planted = planted;
    this.threads = threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
    next = new AtomicLong(first);
  }

  /** No more of them once there is a violation. */
  public SeedRange untilFound() {
    isFirstEnough = true;
    return this;
  }

  /** Runs all of them. */
  public void run(Progress progress) {
    List<Thread> workers = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      workers.add(Thread.ofPlatform().name("seeds-" + i).start(() -> work(progress)));
    }
    try {
      for (Thread worker : workers) {
        worker.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (failure != null) {
      throw failure;
    }
  }

  private void work(Progress progress) {
    seeds(progress);
    addCpu(ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime());
  }

  private synchronized void addCpu(long ns) {
    cpuNs += ns;
  }

  private void seeds(Progress progress) {
    long seed;
    while ((seed = next.getAndIncrement()) < first + count && !Thread.interrupted()) {
      try {
        add(Simulation.run(seed, planted, false, without, parts), null, progress);
      } catch (Violation violation) {
        add(violation.statistics, new Found(seed, violation.getMessage()), progress);
        if (isFirstEnough) {
          next.set(first + count);
        }
      } catch (Error e) {
        fail(e);
        return;
      }
    }
  }

  private synchronized void fail(Error e) {
    failure = e;
    next.set(first + count);
  }

  private synchronized void add(Statistics one, Found violation, Progress progress) {
    done++;
    sum.add(one);
    if (violation != null) {
      found.add(violation);
    }
    long nowNs = System.nanoTime();
    if (nowNs - lastShownNs > 1_000_000_000L) {
      lastShownNs = nowNs;
      progress.onSeeds(done, found.size(), sum.steps);
    }
  }

  /** What happened in all seeds. */
  public Statistics statistics() {
    return sum;
  }

  /** Violations, by seed. */
  public List<Found> found() {
    List<Found> result = new ArrayList<>(found);
    result.sort((a, b) -> Long.compare(a.seed, b.seed));
    return result;
  }

  /** How many seeds. */
  public long seeds() {
    return count;
  }

  /** Processor time of all threads: others may use this machine too. */
  public double cpuSeconds() {
    return cpuNs / 1e9;
  }

  /** Threads in use. */
  public int threads() {
    return threads;
  }
}
