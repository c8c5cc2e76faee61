package org.understudy.lab.bench.vm;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.understudy.checkpoint.codec.format.PageClass;
import org.understudy.node.status.NodeStatus;

/**
 * What a pair did between two instants.
 *
 * @param before primary at the beginning
 * @param after primary at the end
 * @param backupBefore backup at the beginning
 * @param backupAfter backup at the end
 */
record VmWindow(
    NodeStatus before, NodeStatus after, NodeStatus backupBefore, NodeStatus backupAfter) {
  private static final double US_PER_SECOND = 1e6;

  double seconds() {
    return (after.writtenAtUs() - before.writtenAtUs()) / US_PER_SECOND;
  }

  long epochs() {
    return after.replication().epochs() - before.replication().epochs();
  }

  double epochMs() {
    return over(seconds() * 1_000, epochs());
  }

  double pagesPerEpoch() {
    return over(after.replication().dirtyPages() - before.replication().dirtyPages(), epochs());
  }

  private double wireBytes() {
    return after.replication().wireBytes() - before.replication().wireBytes();
  }

  private double dirtyPageBytes() {
    return after.replication().dirtyPageBytes() - before.replication().dirtyPageBytes();
  }

  double wireBytesPerEpoch() {
    return over(wireBytes(), epochs());
  }

  double wireBytesPerSecond() {
    return over(wireBytes(), seconds());
  }

  double dirtyBytesPerEpoch() {
    return over(dirtyPageBytes(), epochs());
  }

  /** Whole dirty pages over everything that was sent. */
  double timesFewer() {
    return over(dirtyPageBytes(), wireBytes());
  }

  /** Whole dirty pages over what was sent for pages, without device state, frames and headers. */
  double pagesTimesFewer() {
    Map<String, Double> classes = wireBytesPerEpochByClass();
    double pages =
        Arrays.stream(PageClass.values())
            .mapToDouble(pageClass -> classes.getOrDefault(pageClass.key(), 0.0))
            .sum();
    return over(dirtyBytesPerEpoch(), pages);
  }

  Map<String, Double> wireBytesPerEpochByClass() {
    Map<String, Double> classes = new TreeMap<>();
    Map<String, Long> was = before.replication().wireBytesByClass();
    after
        .replication()
        .wireBytesByClass()
        .forEach((name, bytes) -> {
          long added = bytes - was.getOrDefault(name, 0L);
          if (added > 0) {
            classes.put(name, over(added, epochs()));
          }
        });
    return classes;
  }

  long pauses() {
    return after.vm().pauses() - before.vm().pauses();
  }

  /** The average pause by its parts. The status has averages since the start. */
  Map<String, Double> pausePartsUs() {
    Map<String, Double> parts = new LinkedHashMap<>();
    for (String part : new String[] {"state", "scan", "copy", "cut", "resume"}) {
      double sum = sumUs(after.vm(), part) - sumUs(before.vm(), part);
      parts.put(part, over(sum, pauses()));
    }
    return parts;
  }

  private static double sumUs(NodeStatus.Vm vm, String part) {
    return vm.pauses() * vm.pausePartsUs().getOrDefault(part, 0.0);
  }

  double meanPauseUs() {
    return pausePartsUs().values().stream().mapToDouble(Double::doubleValue).sum();
  }

  /** Share of the time that the guest stood still. */
  double pausePercent() {
    return over(100 * pauses() * meanPauseUs(), seconds() * US_PER_SECOND);
  }

  /** CPU time of the primary's process, in percent of one core. */
  double primaryCpuPercent() {
    return cpuPercent(before, after);
  }

  /** The backup's. */
  double backupCpuPercent() {
    return cpuPercent(backupBefore, backupAfter);
  }

  private static double cpuPercent(NodeStatus from, NodeStatus to) {
    return over(100.0 * (to.cpuUs() - from.cpuUs()), to.writtenAtUs() - from.writtenAtUs());
  }

  /** A ratio; 0 where there is nothing to relate to, as JSON has no infinity. */
  static double over(double a, double b) {
    return b > 0 ? a / b : 0;
  }
}
