package org.understudy.node.run;

import org.understudy.backup.agent.BackupContext;
import org.understudy.checkpoint.codec.format.CodecSettings;
import org.understudy.kv.KeyValueSettings;
import org.understudy.node.config.NodeConfig;
import org.understudy.node.config.Preset;
import org.understudy.service.front.FrontSettings;

/** The settings of parts that bound what a node takes: for those who make them, and their sum. */
public final class NodeLimits {
  /** Copies of a machine's pages in one pause (64 MiB): more dirty pages than that prolong it. */
  public static final int VM_STAGING_PAGES = 16_384;

  /** Room for inputs of a backup whose log has the same limit: headers come on top of it. */
  private static final int BACKLOG_FACTOR = 2;

  private static final int MIN_BACKLOG_BYTES = 1 << 16;
  private static final long PAGE_COPIES = 2;
  private static final long PAGES_ROUNDING_BYTES = 16 << 20;

  private NodeLimits() {}

  /** The page codec of the preset, its shadow within the configured bound. */
  public static CodecSettings codec(NodeConfig config) {
    CodecSettings settings = CodecSettings.preset(config.preset().name());
    long shadow = config.limits().shadowBytes();
    boolean bounded = shadow != NodeConfig.AUTO && settings.shadowBudgetBytes() > shadow;
    return bounded ? settings.withShadowBudgetBytes(shadow) : settings;
  }

  /** Inputs that may wait for the guest on a primary. */
  public static int backlogBytes(NodeConfig config) {
    long wanted = config.limits().inputLogBytes() * BACKLOG_FACTOR;
    return Math.clamp(wanted, MIN_BACKLOG_BYTES, Integer.MAX_VALUE / 2);
  }

  /** Whether output goes ahead of the checkpoint of its epoch. */
  public static boolean streams(NodeConfig config) {
    return config.preset().release() == Preset.OutputRelease.INPUTS_LOGGED;
  }

  /** What a backup may hold. */
  public static BackupContext.Limits backup(NodeConfig config) {
    // A checkpoint has each page once; what is beyond that is for the rounding of its batches.
    long pages = PAGE_COPIES * config.guest().memoryBytes() + PAGES_ROUNDING_BYTES;
    long staging = config.limits().stagingBytes();
    int sections = Math.toIntExact(Math.min(1 << 30, staging));
    if (!config.guest().isVm()) {
      // No more than the guest lets wait; a service has no device state.
      sections = Math.min(sections, keyValue(config).serviceSettings().outputLimitBytes());
    }
    return new BackupContext.Limits(
        Math.toIntExact(config.limits().inputLogBytes()),
        Math.min(staging, pages),
        sections,
        config.guest().isVm() ? sections : 0);
  }

  /** The key-value sample. */
  public static KeyValueSettings keyValue(NodeConfig config) {
    return new KeyValueSettings(Math.toIntExact(config.guest().valueLimitBytes()));
  }

  /** The front of the key-value sample. */
  public static FrontSettings front(NodeConfig config) {
    return FrontSettings.of(
        config.self().front().address(), keyValue(config).serviceSettings().replyLimitBytes());
  }
}
