package org.understudy.lab.bench.vm;

import java.util.List;

/**
 * What was asked for.
 *
 * @param seconds length of each measurement
 * @param warmUpSeconds of the same load, protected, before each measurement of that; 0 for none
 * @param memoryBytes RAM of the guest
 * @param largeBytes RAM of the large guest
 * @param epochNs length of fixed epochs
 * @param dirtyPages pages written per fixed epoch
 * @param keys of redis-benchmark
 * @param epochs of the endurance row
 * @param accelerator {@code auto}, {@code kvm} or {@code tcg}
 * @param settings further lines of both configuration files
 */
record VmBenchOptions(
    int seconds,
    int warmUpSeconds,
    long memoryBytes,
    long largeBytes,
    long epochNs,
    int dirtyPages,
    int keys,
    int epochs,
    String accelerator,
    List<String> settings) {
  /** A fixed epoch is the time that the guest runs in it; its pause comes to that. */
  private static final long PAUSE_NS = 7_000_000;

  VmBenchOptions {
    settings = List.copyOf(settings);
  }

  /** Order to the guest that dirties about this many pages in each fixed epoch. */
  String dirtyOrder() {
    return "us.dirty=" + Math.round(dirtyPages * 1e9 / (epochNs + PAUSE_NS));
  }

  /** Order about the window of these writes: no page of it twice in an epoch. */
  String dirtyWindowOrder() {
    int pagesPerMib = 256;
    return "us.dirty_mib=" + Math.max(16, Math.ceilDiv(4 * dirtyPages, pagesPerMib));
  }
}
