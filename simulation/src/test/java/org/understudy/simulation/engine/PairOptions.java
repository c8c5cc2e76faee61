package org.understudy.simulation.engine;

import org.understudy.checkpoint.codec.format.CodecSettings;
import org.understudy.primary.agent.VerifyPlan;
import org.understudy.primary.pacing.PacerSettings;

/**
 * How a pair under test is made.
 *
 * @param ramBytes size of the largest region
 * @param comparing tracks by comparison, else with the write barrier
 * @param gatedOnBackup output is replies at the backup's front, else frames at the primary's gate
 * @param linkBytes room of the link
 * @param stagingBytes what the primary keeps until acked
 * @param inputLogBytes the backup's input log
 * @param pacing epochs
 * @param verify digests
 * @param codec encoding
 */
record PairOptions(
    long ramBytes,
    boolean comparing,
    boolean gatedOnBackup,
    long linkBytes,
    long stagingBytes,
    int inputLogBytes,
    PacerSettings pacing,
    VerifyPlan verify,
    CodecSettings codec) {
  static final PairOptions FRAMES =
      new PairOptions(
          8 * FakeState.MIB,
          false,
          false,
          1 << 20,
          64L << 20,
          1 << 20,
          PacerSettings.adaptive(),
          new VerifyPlan(1, 1000),
          CodecSettings.understudy());

  static final PairOptions REPLIES = FRAMES.withGatedOnBackup(true);

  PairOptions withGatedOnBackup(boolean value) {
    return new PairOptions(
        ramBytes, comparing, value, linkBytes, stagingBytes, inputLogBytes, pacing, verify, codec);
  }

  PairOptions withComparing(boolean value) {
    return new PairOptions(
        ramBytes,
        value,
        gatedOnBackup,
        linkBytes,
        stagingBytes,
        inputLogBytes,
        pacing,
        verify,
        codec);
  }

  PairOptions withRam(long bytes, VerifyPlan plan) {
    return new PairOptions(
        bytes,
        comparing,
        gatedOnBackup,
        linkBytes,
        stagingBytes,
        inputLogBytes,
        pacing,
        plan,
        codec);
  }

  PairOptions withLimits(long link, long staging, int inputLog) {
    return new PairOptions(
        ramBytes, comparing, gatedOnBackup, link, staging, inputLog, pacing, verify, codec);
  }

  PairOptions withCodec(CodecSettings value) {
    return new PairOptions(
        ramBytes,
        comparing,
        gatedOnBackup,
        linkBytes,
        stagingBytes,
        inputLogBytes,
        pacing,
        verify,
        value);
  }
}
