package org.understudy.lab.vm;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.understudy.lab.load.FinalDump;
import org.understudy.lab.load.LoadGenerator;
import org.understudy.lab.load.LoadOptions;
import org.understudy.node.program.ExitCode;
import org.understudy.node.program.Shutdown;
import org.understudy.node.program.UserError;

/** Every client of the guest: they run through all kills. */
final class VmLoads implements AutoCloseable {
  /** Longer than any stall that is not a failure. */
  static final int TIMEOUT_MS = 30_000;

  /** Few enough that an emulated guest has them written in a second. */
  private static final int KEYS = 6_000;

  private final VmDemoOptions options;
  private final int timeoutMs;
  private final LoadGenerator redis;
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private final Thread thread = new Thread(this::run, "load");
  private HttpLoad http;
  private StallProbe probe;
  private DiskWatch diskWatch;
  private long startNs;

  VmLoads(VmDemoOptions options) throws IOException {
    this(options, TIMEOUT_MS);
  }

  /**
   * The same with another patience.
   *
   * @param timeoutMs longer than any stall that is not a failure
   */
  VmLoads(VmDemoOptions options, int timeoutMs) throws IOException {
    this.options = options;
    this.timeoutMs = timeoutMs;
    this.redis =
        new LoadGenerator(
            new LoadOptions(
                List.of(VmLayout.redis()),
                options.clients().redis(),
                KEYS,
                1,
                options.seed(),
                options.memoryBytes() / 16),
            null);
    redis.limitRate(options.clients().operationsPerSecond());
  }

  /** Connects all clients, writes the first content, and begins with the load. */
  void start() throws IOException, InterruptedException {
    redis.connect(timeoutMs);
    thread.start();
    while (redis.progress().acknowledged() < KEYS) {
      pause(5);
    }
    http = new HttpLoad(VmLayout.http(), timeoutMs);
    http.start(options.clients().http());
    probe = new StallProbe(VmLayout.redis(), "probe:" + options.seed(), timeoutMs);
    if (options.hasDisk()) {
      diskWatch = new DiskWatch(VmLayout.http(), timeoutMs);
    }
    startNs = redis.nowNs();
  }

  private void run() {
    try {
      redis.populate();
      redis.run(timeoutMs);
    } catch (IOException | RuntimeException e) {
      failure.set(e);
    }
  }

  /** Nanoseconds of the run. */
  long nowNs() {
    return redis.nowNs();
  }

  /** When the load began, in nanoseconds of the run. */
  long startNs() {
    return startNs;
  }

  LoadGenerator redis() {
    return redis;
  }

  StallProbe probe() {
    return probe;
  }

  /** Waits while the load runs; throws if it fails, or if the program is to end. */
  void pause(long ms) throws InterruptedException {
    if (Shutdown.await(ms)) {
      throw new UserError(ExitCode.INTERRUPTED, "interrupted");
    }
    if (failure.get() != null) {
      throw new UserError(
          ExitCode.FAILED, "the load failed: " + failure.get().getMessage(), failure.get());
    }
  }

  void awaitUntil(long untilNs) throws InterruptedException {
    while (nowNs() < untilNs) {
      pause(Math.min(100, TimeUnit.NANOSECONDS.toMillis(untilNs - nowNs()) + 1));
    }
  }

  /** Ends the load, waits for the replies in flight, and reads everything back. */
  void finish(VmResult result) throws IOException {
    stop();
    try {
      FinalDump.read(VmLayout.redis(), redis.history(), null, redis::nowNs);
    } catch (IOException e) {
      result.base.failures.add("redis cannot be read in the end: " + e.getMessage());
    }
    result.nginx = http.tally();
    result.probe = probe.tally();
    if (diskWatch != null) {
      result.diskWatch = diskWatch.tally();
      result.lastRecordTold = diskWatch.last();
    }
  }

  private void stop() throws IOException {
    redis.requestStop();
    Joins.join(thread);
    if (probe != null) {
      probe.close();
    }
    if (http != null) {
      http.close();
    }
    if (diskWatch != null) {
      diskWatch.close();
    }
  }

  @Override
  public void close() throws IOException {
    stop();
    redis.close();
  }
}
