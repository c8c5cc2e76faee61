package org.understudy.lab.vm;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.understudy.lab.demo.DemoResult;
import org.understudy.node.status.NodeStatus;

/** What the demo found out, filled as it goes, so that a run that fails half-way still reports. */
final class VmResult {
  /** The keys that both demos have; the phases are those around the first kill. */
  final DemoResult base = new DemoResult();

  /** What the machine lacks; empty if the demo could run. */
  List<String> missing = List.of();

  String accelerator = "";
  long ramBytes;
  int killsAsked;
  final List<KillResult> kills = new ArrayList<>();
  Tally nginx = new Tally();

  /** Null where it is not installed. */
  WrkSummary wrk;

  Tally probe = new Tally();
  Tally diskWatch = new Tally();
  boolean hasDisk;
  long lastRecordTold = -1;
  DiskSequence disk = new DiskSequence(-1, 0, 0, List.of());
  long diskWritesCommitted;
  long diskWritesDiscarded;
  boolean verify;
  String bootIdBefore = "";
  String bootIdAfter = "";

  /** Median over the kills; 0 without any. */
  double median(ToDoubleFunction<KillResult> value) {
    double[] values = kills.stream().mapToDouble(value).sorted().toArray();
    return values.length == 0 ? 0 : values[(values.length - 1) / 2];
  }

  long retransmissions() {
    return kills.stream().mapToLong(KillResult::retransmissions).sum();
  }

  /** Records of the disk that a client was told to be there and that are not. */
  long recordsLost() {
    return Math.max(0, lastRecordTold - disk.last()) + disk.holes();
  }

  /** Average pause of the primary that was killed last, in parts. */
  Map<String, Double> pausePartsUs() {
    NodeStatus.Vm vm = base.primary == null ? null : base.primary.vm();
    return vm == null ? Map.of() : vm.pausePartsUs();
  }
}
