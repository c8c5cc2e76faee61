package org.understudy.node.metrics;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import org.understudy.node.status.NodeState;
import org.understudy.node.status.NodeStatus;

/**
 * The registry of a node. Every metric is a view of the node's latest status, so that metrics and
 * status file never tell different stories and the hot paths know nothing of metrics.
 */
public final class NodeMetrics {
  private final MetricRegistry registry = new MetricRegistry();
  private final Supplier<NodeStatus> status;

  private NodeMetrics(Supplier<NodeStatus> status) {
    this.status = status;
  }

  /**
   * A registry over the latest status.
   *
   * @param status called by whoever reads a metric, on its thread
   * @param wireClasses names of the classes of {@code wireBytesByClass}
   */
  public static MetricRegistry registry(Supplier<NodeStatus> status, Iterable<String> wireClasses) {
    NodeMetrics metrics = new NodeMetrics(status);
    metrics.ownership();
    metrics.replication(wireClasses);
    metrics.link();
    metrics.latency();
    metrics.memory();
    metrics.front();
    metrics.takeover();
    return metrics.registry;
  }

  private void number(String name, ToLongFunction<NodeStatus> value) {
    registry.register(name, (Gauge<Long>) () -> value.applyAsLong(status.get()));
  }

  private void ownership() {
    number(MetricNames.STATE, s -> s.state().ordinal());
    number(MetricNames.GENERATION, s -> s.ownership().generation());
    number(MetricNames.PROTECTED, s -> s.state() == NodeState.PROTECTED ? 1 : 0);
    number(MetricNames.ARBITER_REACHABLE, s -> s.ownership().reachable() ? 1 : 0);
    number(MetricNames.CPU_US, NodeStatus::cpuUs);
  }

  private void replication(Iterable<String> wireClasses) {
    number(MetricNames.EPOCHS, s -> s.replication().epochs());
    number(MetricNames.LAG_EPOCHS, s -> s.replication().lagEpochs());
    number(
        MetricNames.CLOCK_LAG_US,
        s -> s.vm() == null ? 0 : s.vm().counters().getOrDefault("clockLagUs", 0L));
    number(MetricNames.DIRTY_PAGES, s -> s.replication().dirtyPages());
    number(MetricNames.DIRTY_BLOCKS, s -> s.replication().dirtyBlocks());
    number(MetricNames.COW_PAGES, s -> s.replication().cowPages());
    number(MetricNames.INITIAL_COPY_BYTES, s -> s.replication().initialCopyBytes());
    number(MetricNames.WIRE_BYTES, s -> s.replication().wireBytes());
    for (String name : wireClasses) {
      number(
          MetricNames.WIRE_CLASS_BYTES + name,
          s -> s.replication().wireBytesByClass().getOrDefault(name, 0L));
    }
    number(MetricNames.INPUT_BYTES, s -> s.replication().inputBytes());
    number(MetricNames.RESENT_BYTES, s -> s.replication().resentBytes());
    number(MetricNames.LINK_RESUMES, s -> s.replication().linkResumes());
    number(MetricNames.DROPPED_MESSAGES, s -> s.replication().droppedMessages());
  }

  private void link() {
    number(MetricNames.BAD_MESSAGES, s -> s.link().badMessages());
    number(MetricNames.BACK_PRESSURED, s -> s.link().backPressured());
    number(MetricNames.REFUSED_FRAMES, s -> s.link().refusedFrames());
    number(MetricNames.STRANGERS, s -> s.link().strangers());
    number(MetricNames.DROPPED_MIRRORS, s -> s.link().droppedMirrors());
    number(MetricNames.LONGEST_STALL_US, s -> s.link().longestStallUs());
    number(
        MetricNames.STATUS_AGE_US,
        s -> s.ageUs(TimeUnit.MILLISECONDS.toMicros(System.currentTimeMillis())));
  }

  private void latency() {
    distribution(MetricNames.EPOCH_US, s -> s.latency().epochUs());
    distribution(MetricNames.PAUSE_US, s -> s.latency().pauseUs());
    distribution(MetricNames.ENCODE_US, s -> s.latency().encodeUs());
    distribution(MetricNames.COMMIT_US, s -> s.latency().commitUs());
    distribution(MetricNames.OUTPUT_HELD_US, s -> s.latency().addedUs());
  }

  private void distribution(String name, Function<NodeStatus, NodeStatus.Percentiles> values) {
    number(name + ".count", s -> values.apply(s).count());
    part(name + ".p50", values, NodeStatus.Percentiles::p50);
    part(name + ".p99", values, NodeStatus.Percentiles::p99);
    part(name + ".max", values, NodeStatus.Percentiles::max);
  }

  private void part(
      String name,
      Function<NodeStatus, NodeStatus.Percentiles> values,
      ToDoubleFunction<NodeStatus.Percentiles> part) {
    registry.register(name, (Gauge<Double>) () -> part.applyAsDouble(values.apply(status.get())));
  }

  private void memory() {
    number(MetricNames.GUEST_BYTES, s -> s.memory().guestBytes());
    number(MetricNames.SHADOW_BYTES, s -> s.memory().shadowBytes());
    number(MetricNames.STAGING_BYTES, s -> s.memory().stagingBytes());
    number(MetricNames.STAGING_PEAK_BYTES, s -> s.memory().stagingPeakBytes());
    number(MetricNames.STAGING_LIMIT_BYTES, s -> s.memory().stagingLimitBytes());
    number(MetricNames.INPUT_LOG_BYTES, s -> s.memory().inputLogBytes());
    number(MetricNames.INPUT_LOG_PEAK_BYTES, s -> s.memory().inputLogPeakBytes());
    number(MetricNames.INPUT_LOG_LIMIT_BYTES, s -> s.memory().inputLogLimitBytes());
  }

  private void front() {
    number(MetricNames.FRONT_SESSIONS, s -> s.front().sessions());
    number(MetricNames.FRONT_INPUTS, s -> s.front().inputs());
    number(MetricNames.FRONT_QUEUED_BYTES, s -> s.front().queuedBytes());
    number(MetricNames.FRONT_SLOW_CLOSED, s -> s.front().slowClientsClosed());
    number(MetricNames.FRONT_REFUSED, s -> s.front().clientsRefused());
    number(MetricNames.REPLAY_DIFFERENCES, s -> s.front().replayDifferences());
    number(MetricNames.OUTPUT_HELD_BYTES, s -> s.front().heldOutputBytes());
  }

  private void takeover() {
    number(MetricNames.TAKEOVERS, s -> s.takeovers().size());
    last(MetricNames.TAKEOVER_CLAIM_US, t -> t.claimedAtUs() - t.detectedAtUs());
    last(MetricNames.TAKEOVER_APPLY_US, t -> t.appliedAtUs() - t.claimedAtUs());
    last(MetricNames.TAKEOVER_RESTORE_US, t -> t.restoredAtUs() - t.appliedAtUs());
    last(MetricNames.TAKEOVER_REPLAY_US, t -> t.replayedAtUs() - t.restoredAtUs());
    last(MetricNames.TAKEOVER_ANSWER_US, t -> t.firstAnswerAtUs() - t.replayedAtUs());
  }

  /** Zero until there was a takeover and both instants of the part are known. */
  private void last(String name, ToLongFunction<NodeStatus.Takeover> part) {
    number(
        name,
        s -> s.takeovers().isEmpty() ? 0 : Math.max(0, part.applyAsLong(s.takeovers().getLast())));
  }
}
