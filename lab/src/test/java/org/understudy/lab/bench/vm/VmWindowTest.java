package org.understudy.lab.bench.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.understudy.node.status.NodeStatus;
import org.understudy.node.status.StatusSamples;

class VmWindowTest {
  private static final NodeStatus SAMPLE = StatusSamples.full();

  private static NodeStatus status(
      long atUs, long cpuUs, NodeStatus.Replication replication, NodeStatus.Vm vm) {
    return new NodeStatus(
        SAMPLE.node(),
        SAMPLE.incarnation(),
        SAMPLE.pid(),
        SAMPLE.role(),
        SAMPLE.state(),
        SAMPLE.reason(),
        atUs,
        SAMPLE.startedAtUs(),
        SAMPLE.preset(),
        SAMPLE.epochMode(),
        SAMPLE.tracker(),
        SAMPLE.ownership(),
        SAMPLE.sync(),
        replication,
        SAMPLE.latency(),
        SAMPLE.memory(),
        SAMPLE.front(),
        SAMPLE.takeovers(),
        SAMPLE.verify(),
        cpuUs,
        vm,
        SAMPLE.link(),
        SAMPLE.stateAtUs(),
        SAMPLE.protectionAtUs(),
        SAMPLE.peer());
  }

  private static NodeStatus.Replication sent(
      long epochs, long dirtyPages, long wireBytes, Map<String, Long> classes) {
    return new NodeStatus.Replication(
        epochs, epochs, 0, dirtyPages, 0, 4096 * dirtyPages, wireBytes, classes, 0, 0, 0, 0, 0, 0);
  }

  private static NodeStatus.Vm paused(long pauses, double stateUs, double copyUs) {
    return new NodeStatus.Vm(
        "tcg", "7.2", 4096, pauses, Map.of("state", stateUs, "copy", copyUs), 0, Map.of());
  }

  private static VmWindow window() {
    NodeStatus before =
        status(
            1_000_000,
            500_000,
            sent(10, 1_000, 50_000, Map.of("words", 40_000L)),
            paused(10, 3_000, 1_000));
    NodeStatus after =
        status(
            3_000_000,
            1_500_000,
            sent(
                60,
                11_000,
                10_050_000,
                Map.of("words", 4_040_000L, "whole", 1_000_000L, "deviceState", 5_000_000L)),
            paused(60, 1_000, 1_000));
    return new VmWindow(before, after, before, after);
  }

  @Test
  void shouldCountOnlyWhatHappenedBetweenBothStatuses() {
    VmWindow window = window();

    assertThat(window.seconds()).isEqualTo(2);
    assertThat(window.epochs()).isEqualTo(50);
    assertThat(window.epochMs()).isEqualTo(40);
    assertThat(window.pagesPerEpoch()).isEqualTo(200);
    assertThat(window.wireBytesPerEpoch()).isEqualTo(200_000);
    assertThat(window.wireBytesPerSecond()).isEqualTo(5_000_000);
    assertThat(window.primaryCpuPercent()).isEqualTo(50);
  }

  @Test
  void shouldCompareWholeDirtyPagesWithAllThatWasSentAndWithPagesAlone() {
    VmWindow window = window();

    assertThat(window.dirtyBytesPerEpoch()).isEqualTo(200 * 4096);
    assertThat(window.timesFewer()).isCloseTo(4.096, within(1e-9));
    assertThat(window.pagesTimesFewer()).isCloseTo(8.192, within(1e-9));
    assertThat(window.wireBytesPerEpochByClass())
        .containsEntry("words", 80_000.0)
        .containsEntry("deviceState", 100_000.0);
  }

  @Test
  void shouldTakeTheAverageOfTheWindowOutOfAveragesSinceTheStart() {
    VmWindow window = window();

    // 10 pauses of 3,000 us, then 60 of 1,000 on average: 30,000 us in these 50.
    assertThat(window.pausePartsUs()).containsEntry("state", 600.0).containsEntry("copy", 1_000.0);
    assertThat(window.meanPauseUs()).isEqualTo(1_600);
    assertThat(window.pausePercent()).isCloseTo(4, within(1e-9));
  }
}
