package org.understudy.node.metrics;

/**
 * Names of all metrics; {@code docs/metrics.md} says what each means. They are an interface: never
 * renamed. The unit stands at the end; distributions have {@code .p50}, {@code .p99}, {@code .max}
 * and {@code .count} behind their name.
 */
public final class MetricNames {
  /** State of the node, by the number that docs/metrics.md gives. */
  public static final String STATE = "understudy.state";

  /** Generation of the register. */
  public static final String GENERATION = "understudy.generation";

  /** 1 while a committed backup exists. */
  public static final String PROTECTED = "understudy.protected";

  /** 1 while the arbiter answers. */
  public static final String ARBITER_REACHABLE = "understudy.arbiter.reachable";

  /** Epochs committed. */
  public static final String EPOCHS = "understudy.epochs";

  /** Length of epochs. */
  public static final String EPOCH_US = "understudy.epoch.us";

  /** Pause per capture. */
  public static final String PAUSE_US = "understudy.pause.us";

  /** Encoding per epoch. */
  public static final String ENCODE_US = "understudy.encode.us";

  /** Capture to ack. */
  public static final String COMMIT_US = "understudy.commit.us";

  /** Time that output was held. */
  public static final String OUTPUT_HELD_US = "understudy.output.held.us";

  /** Output that waits for its commit. */
  public static final String OUTPUT_HELD_BYTES = "understudy.output.held.bytes";

  /** Captured dirty pages. */
  public static final String DIRTY_PAGES = "understudy.dirty.pages";

  /** Changed blocks in them. */
  public static final String DIRTY_BLOCKS = "understudy.dirty.blocks";

  /** Pages copied on write. */
  public static final String COW_PAGES = "understudy.cow.pages";

  /** Initial copy on the wire. */
  public static final String INITIAL_COPY_BYTES = "understudy.wire.initial.bytes";

  /** Epochs 1 and later on the wire. */
  public static final String WIRE_BYTES = "understudy.wire.bytes";

  /** Prefix of the same by class. */
  public static final String WIRE_CLASS_BYTES = "understudy.wire.bytes.";

  /** Inputs on the wire. */
  public static final String INPUT_BYTES = "understudy.wire.input.bytes";

  /** Bytes sent again by resumes. */
  public static final String RESENT_BYTES = "understudy.wire.resent.bytes";

  /** Links resumed. */
  public static final String LINK_RESUMES = "understudy.link.resumes";

  /** Stale messages dropped. */
  public static final String DROPPED_MESSAGES = "understudy.wire.dropped.messages";

  /** Messages that break the schema. */
  public static final String BAD_MESSAGES = "understudy.wire.bad.messages";

  /** Sends that found no room. */
  public static final String BACK_PRESSURED = "understudy.link.backpressured";

  /** Frames that were not let in. */
  public static final String REFUSED_FRAMES = "understudy.link.refused.frames";

  /** Connections turned away at the monitor port. */
  public static final String STRANGERS = "understudy.monitor.strangers";

  /** Copies of inputs dropped. */
  public static final String DROPPED_MIRRORS = "understudy.mirror.dropped";

  /** Longest gap between two duty cycles. */
  public static final String LONGEST_STALL_US = "understudy.agent.longeststall.us";

  /** How far a machine's clock fell behind. */
  public static final String CLOCK_LAG_US = "understudy.vm.clocklag.us";

  /** Epochs captured and not committed. */
  public static final String LAG_EPOCHS = "understudy.epochs.lag";

  /** Age of the status. */
  public static final String STATUS_AGE_US = "understudy.status.age.us";

  /** Region or image. */
  public static final String GUEST_BYTES = "understudy.memory.guest.bytes";

  /** Shadow. */
  public static final String SHADOW_BYTES = "understudy.memory.shadow.bytes";

  /** Staged checkpoints. */
  public static final String STAGING_BYTES = "understudy.memory.staging.bytes";

  /** Most staged so far. */
  public static final String STAGING_PEAK_BYTES = "understudy.memory.staging.peak.bytes";

  /** Bound of staging. */
  public static final String STAGING_LIMIT_BYTES = "understudy.memory.staging.limit.bytes";

  /** Input log. */
  public static final String INPUT_LOG_BYTES = "understudy.memory.inputlog.bytes";

  /** Longest input log so far. */
  public static final String INPUT_LOG_PEAK_BYTES = "understudy.memory.inputlog.peak.bytes";

  /** Bound of the input log. */
  public static final String INPUT_LOG_LIMIT_BYTES = "understudy.memory.inputlog.limit.bytes";

  /** Connected clients. */
  public static final String FRONT_SESSIONS = "understudy.front.sessions";

  /** Client events logged. */
  public static final String FRONT_INPUTS = "understudy.front.inputs";

  /** Replies that wait for slow clients. */
  public static final String FRONT_QUEUED_BYTES = "understudy.front.queued.bytes";

  /** Clients closed since they did not take their replies. */
  public static final String FRONT_SLOW_CLOSED = "understudy.front.slow.closed";

  /** Clients turned away at the limit of connections. */
  public static final String FRONT_REFUSED = "understudy.front.refused";

  /** Sessions that a replay answered differently from before: an alarm. */
  public static final String REPLAY_DIFFERENCES = "understudy.replay.differences";

  /** Takeovers made. */
  public static final String TAKEOVERS = "understudy.takeovers";

  /** Last takeover: detected to claimed. */
  public static final String TAKEOVER_CLAIM_US = "understudy.takeover.claim.us";

  /** Last takeover: claimed to applied. */
  public static final String TAKEOVER_APPLY_US = "understudy.takeover.apply.us";

  /** Last takeover: applied to restored. */
  public static final String TAKEOVER_RESTORE_US = "understudy.takeover.restore.us";

  /** Last takeover: restored to replayed. */
  public static final String TAKEOVER_REPLAY_US = "understudy.takeover.replay.us";

  /** Last takeover: replayed to the first answer. */
  public static final String TAKEOVER_ANSWER_US = "understudy.takeover.firstanswer.us";

  /** CPU time of the process. */
  public static final String CPU_US = "understudy.cpu.us";

  private MetricNames() {}
}
