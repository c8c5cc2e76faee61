package org.understudy.lab.bench.vm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Threads of a process: how long each has run, and how long it was ready to but had no core, as the
 * scheduler counts it.
 *
 * @param byThread run and wait time in nanoseconds, by thread id
 */
record VcpuTimes(Map<String, Times> byThread) {
  /**
   * Times of one thread.
   *
   * @param runNs on a core
   * @param waitNs ready, without a core
   */
  record Times(long runNs, long waitNs) {
    /** Reads a line of {@code schedstat}. */
    static Times parse(String line) {
      String[] numbers = line.strip().split(" ");
      return new Times(Long.parseLong(numbers[0]), Long.parseLong(numbers[1]));
    }

    Times plus(Times other) {
      return new Times(runNs + other.runNs, waitNs + other.waitNs);
    }

    Times minus(Times earlier) {
      return new Times(runNs - earlier.runNs, waitNs - earlier.waitNs);
    }
  }

  static VcpuTimes of(long pid) throws IOException {
    Map<String, Times> times = new HashMap<>();
    List<Path> threads;
    try (Stream<Path> entries = Files.list(Path.of("/proc", Long.toString(pid), "task"))) {
      threads = entries.toList();
    }
    for (Path thread : threads) {
      try {
        times.put(
            thread.getFileName().toString(),
            Times.parse(Files.readString(thread.resolve("schedstat"))));
      } catch (NoSuchFileException e) {
        // it has just ended
      }
    }
    return new VcpuTimes(times);
  }

  /** Of the thread that ran most since then: with a busy guest that is its processor. */
  Times busiestSince(VcpuTimes earlier) {
    Times none = new Times(0, 0);
    Times busiest = none;
    for (Map.Entry<String, Times> entry : byThread.entrySet()) {
      Times since = entry.getValue().minus(earlier.byThread.getOrDefault(entry.getKey(), none));
      busiest = since.runNs() > busiest.runNs() ? since : busiest;
    }
    return busiest;
  }
}
