package org.understudy.node.bench.vm;

import java.util.List;

/**
 * What was asked for.
 *
 * @param seconds length of each measurement
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
    long memoryBytes,
    long largeBytes,
    long epochNs,
    int dirtyPages,
    int keys,
    int epochs,
    String accelerator,
    List<String> settings) {
  VmBenchOptions {
    settings = List.copyOf(settings);
  }

  /** Order to the guest that dirties this many pages in each fixed epoch. */
  String dirtyOrder() {
    return "us.dirty=" + Math.round(dirtyPages * 1e9 / epochNs);
  }

  /** Order about the window of these writes: no page of it twice in an epoch. */
  String dirtyWindowOrder() {
    int pagesPerMib = 256;
    return "us.dirty_mib=" + Math.max(16, Math.ceilDiv(4 * dirtyPages, pagesPerMib));
  }
}
