package org.understudy.backup.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.understudy.checkpoint.guest.OutputRecords;
import org.understudy.checkpoint.image.Image;
import org.understudy.checkpoint.memory.GuestMemory;
import org.understudy.checkpoint.memory.MappedGuestMemory;
import org.understudy.checkpoint.memory.RegionLayout;
import org.understudy.protocol.codecs.CheckpointKind;
import org.understudy.protocol.codecs.SectionEncoding;
import org.understudy.protocol.codecs.SectionKind;
import org.understudy.protocol.wire.CheckpointTrailer;
import org.understudy.protocol.wire.SectionHeader;

class CheckpointStageTest {
  private static final int SECTION_LIMIT = 200_000;
  private static final int DEVICE_LIMIT = 150_000;

  private GuestMemory memory;
  private CheckpointStage stage;
  private int sections;
  private long bytes;

  @BeforeEach
  void open() {
    memory = MappedGuestMemory.anonymousSmallPages(RegionLayout.of("ram", 16 * 4096));
    stage = new CheckpointStage(new Image(memory, 1 << 20), SECTION_LIMIT, DEVICE_LIMIT);
  }

  @AfterEach
  void close() {
    stage.close();
    memory.close();
  }

  private void begin(long epoch, CheckpointKind kind) {
    sections = 0;
    bytes = 0;
    stage.begin(epoch, kind);
  }

  private void section(long epoch, SectionKind kind, byte[] data, boolean last) {
    section(epoch, kind, sections, data, data.length, last);
  }

  private void section(
      long epoch, SectionKind kind, int index, byte[] data, int rawLength, boolean last) {
    SectionHeader header = new SectionHeader();
    header.epoch = epoch;
    header.index = index;
    header.kind = kind;
    header.encoding = SectionEncoding.RAW;
    header.rawLength = rawLength;
    header.last = last;
    stage.section(header, new UnsafeBuffer(data), 0, data.length);
    sections++;
    bytes += data.length;
  }

  private CheckpointTrailer trailer(long epoch) {
    CheckpointTrailer trailer = new CheckpointTrailer();
    trailer.epoch = epoch;
    trailer.sections = sections;
    trailer.payloadBytes = bytes;
    trailer.inputPosition = epoch * 10;
    return trailer;
  }

  private void commit(long epoch, byte... state) {
    begin(epoch, CheckpointKind.CHECKPOINT);
    section(epoch, SectionKind.DEVICE_STATE, state, true);
    stage.end(trailer(epoch));
    stage.apply();
  }

  private void assertCommitted(long epoch, int stateByte) {
    assertThat(stage.image().epoch()).isEqualTo(epoch);
    assertThat(stage.position().epoch()).isEqualTo(epoch);
    assertThat(stage.position().inputPosition()).isEqualTo(epoch * 10);
    assertThat(stage.deviceState().getByte(0)).isEqualTo((byte) stateByte);
  }

  private void assertRefused(String text, Runnable action) {
    assertThatThrownBy(action::run)
        .isInstanceOf(CorruptCheckpointException.class)
        .hasMessageContaining(text);
    stage.discard();
    assertCommitted(0, 7);
    assertThat(stage.stagedBytes()).isZero();
  }

  @Test
  void shouldMoveEverythingAtOnceWhenAnEpochIsApplied() {
    commit(0, (byte) 7);
    begin(1, CheckpointKind.CHECKPOINT);
    section(1, SectionKind.DEVICE_STATE, new byte[] {8}, true);
    stage.end(trailer(1));
    assertThat(stage.isWhole()).isTrue();
    assertCommitted(0, 7);
    stage.apply();
    assertCommitted(1, 8);
  }

  @Test
  void shouldKeepTheCommittedEpochWhenOrderIsBroken() {
    commit(0, (byte) 7);
    assertRefused("begins on an image", () -> begin(2, CheckpointKind.CHECKPOINT));
    assertRefused("rounds are of epoch 0", () -> begin(1, CheckpointKind.ROUND));
    assertRefused("without a begin", () -> section(1, SectionKind.DEVICE_STATE, new byte[1], true));
    assertRefused("without a begin", () -> stage.end(trailer(1)));
    begin(1, CheckpointKind.CHECKPOINT);
    assertRefused(
        "of epoch 2 inside", () -> section(2, SectionKind.DEVICE_STATE, new byte[1], true));
    begin(1, CheckpointKind.CHECKPOINT);
    assertRefused(
        "section 1 where 0", () -> section(1, SectionKind.FRAMES, 1, new byte[1], 1, true));
    begin(1, CheckpointKind.CHECKPOINT);
    section(1, SectionKind.DISK_WRITES, new byte[1], true);
    assertRefused("after its end", () -> section(1, SectionKind.OUTPUT, new byte[1], true));
    begin(1, CheckpointKind.CHECKPOINT);
    section(1, SectionKind.DEVICE_STATE, new byte[1], false);
    assertRefused("before section", () -> section(1, SectionKind.FRAMES, new byte[1], true));
    begin(1, CheckpointKind.CHECKPOINT);
    section(1, SectionKind.DEVICE_STATE, new byte[1], false);
    assertRefused("has no end", () -> stage.end(trailer(1)));
  }

  @Test
  void shouldKeepTheCommittedEpochWhenCountsOrContentAreWrong() {
    commit(0, (byte) 7);
    begin(1, CheckpointKind.CHECKPOINT);
    assertRefused(
        "announces 9 bytes", () -> section(1, SectionKind.DEVICE_STATE, 0, new byte[4], 9, true));
    begin(1, CheckpointKind.CHECKPOINT);
    CheckpointTrailer fewer = trailer(1);
    fewer.batches = 1;
    assertRefused("its end says 1", () -> stage.end(fewer));
    begin(1, CheckpointKind.CHECKPOINT);
    CheckpointTrailer damaged = trailer(1);
    damaged.receivedChecksum = 1;
    assertRefused("checksum", () -> stage.end(damaged));
    begin(1, CheckpointKind.CHECKPOINT);
    assertRefused("batch 0", () -> stage.batch(1, 0, new UnsafeBuffer(new byte[64]), 0, 64));
    begin(1, CheckpointKind.CHECKPOINT);
    section(1, SectionKind.OUTPUT, new byte[OutputRecords.HEADER_BYTES - 1], true);
    assertRefused("cut off", () -> stage.end(trailer(1)));
  }

  @Test
  void shouldRefuseASectionThatGrowsBeyondItsLimit() {
    commit(0, (byte) 7);
    begin(1, CheckpointKind.CHECKPOINT);
    section(1, SectionKind.DISK_WRITES, new byte[SECTION_LIMIT - 1], false);
    assertRefused(
        "the limit is " + SECTION_LIMIT,
        () -> section(1, SectionKind.DISK_WRITES, new byte[2], true));
    commit(1, (byte) 9);
    assertCommitted(1, 9);
  }

  @Test
  void shouldRefuseMoreDeviceStateThanThisKindOfGuestHas() {
    commit(0, (byte) 7);
    begin(1, CheckpointKind.CHECKPOINT);
    section(1, SectionKind.DEVICE_STATE, new byte[DEVICE_LIMIT], false);
    assertRefused(
        "the limit is " + DEVICE_LIMIT,
        () -> section(1, SectionKind.DEVICE_STATE, new byte[1], true));
    commit(1, (byte) 9);
    assertCommitted(1, 9);
  }
}
