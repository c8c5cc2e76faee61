package org.understudy.backup.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import org.agrona.DirectBuffer;
import org.junit.jupiter.api.Test;
import org.understudy.checkpoint.memory.GuestMemory;
import org.understudy.checkpoint.memory.MappedGuestMemory;
import org.understudy.checkpoint.memory.RegionLayout;
import org.understudy.checkpoint.memory.RegionSpec;
import org.understudy.checkpoint.verify.ContentHash;
import org.understudy.protocol.wire.MessageListener;
import org.understudy.protocol.wire.MessageReader;
import org.understudy.protocol.wire.MessageSender;
import org.understudy.protocol.wire.SendStatus;
import org.understudy.protocol.wire.SessionStamp;

/** What a backup says of its memory before a copy goes over it. */
class BaseReportTest {
  private static final int PAGES = 3000;
  private static final RegionLayout LAYOUT =
      RegionLayout.of("test", (long) PAGES * RegionSpec.PAGE_BYTES);

  private final TreeMap<Integer, byte[]> told = new TreeMap<>();
  private final List<Boolean> lasts = new ArrayList<>();
  private final MessageReader reader = new MessageReader();
  private final SessionStamp stamp = new SessionStamp();
  private final MessageSender sender = new MessageSender(this::arrives, stamp);
  private boolean hasRefused;

  private SendStatus arrives(DirectBuffer buffer, int offset, int length) {
    if (lasts.size() == 1 && !hasRefused) {
      hasRefused = true;
      return SendStatus.BACK_PRESSURED;
    }
    assertThat(reader.onMessage(buffer, offset, length)).isEqualTo(MessageReader.Outcome.ACCEPTED);
    return SendStatus.SENT;
  }

  private void hear(GuestMemory memory) {
    stamp.bind(1, 1);
    reader.listen(
        new MessageListener() {
          @Override
          public boolean admits(int template, long generation, long linkSession) {
            return true;
          }

          @Override
          public void onBaseHashes(
              int first, boolean isLast, DirectBuffer buffer, int offset, int length) {
            lasts.add(isLast);
            for (int i = 0; i < length / ContentHash.BYTES; i++) {
              byte[] hash = new byte[ContentHash.BYTES];
              buffer.getBytes(offset + i * ContentHash.BYTES, hash);
              assertThat(told.put(first + i, hash)).as("page %d twice", first + i).isNull();
            }
          }
        });
    BaseReport report = new BaseReport();
    report.start(memory);
    while (!lasts.contains(true)) {
      assertThat(report.work(sender)).isPositive();
    }
    assertThat(report.work(sender)).as("nothing more").isZero();
  }

  private void write(GuestMemory memory, int page) {
    long at = (long) page * RegionSpec.PAGE_BYTES + page % 500 * Long.BYTES;
    memory.segment().set(ValueLayout.JAVA_LONG, at, page + 1);
  }

  private void requireTold(GuestMemory memory) {
    ContentHash hash = new ContentHash();
    byte[] zeros = new byte[ContentHash.BYTES];
    for (int page = 0; page < PAGES; page++) {
      byte[] of = hash.ofPage(memory.segment(), (long) page * RegionSpec.PAGE_BYTES);
      boolean isZero = memory.segment().asSlice((long) page * 4096, 4096).mismatch(ZERO) < 0;
      assertThat(told.getOrDefault(page, zeros))
          .as("page %d", page)
          .isEqualTo(isZero ? zeros : Arrays.copyOf(of, ContentHash.BYTES));
    }
  }

  private static final java.lang.foreign.MemorySegment ZERO =
      java.lang.foreign.MemorySegment.ofArray(new byte[4096]);

  @Test
  void shouldSayOfEveryPageWhatItHolds() {
    try (GuestMemory memory = MappedGuestMemory.anonymousSmallPages(LAYOUT)) {
      for (int page = 0; page < PAGES; page += 1 + page % 7) {
        write(memory, page);
      }
      hear(memory);
      requireTold(memory);
      assertThat(lasts).hasSize(3).endsWith(true);
    }
  }

  @Test
  void shouldPassOverWhatAFileHasNoPagesOf() {
    try (GuestMemory memory = MappedGuestMemory.memfd(LAYOUT, "base")) {
      write(memory, 5);
      write(memory, 2500);
      hear(memory);
      assertThat(memory.nextPresentPage(6)).as("nothing is made by looking").isEqualTo(2500);
      assertThat(memory.nextPresentPage(2501)).isEqualTo(PAGES);
      assertThat(told).containsOnlyKeys(5, 2500);
      assertThat(lasts).hasSize(2);
      requireTold(memory);
    }
  }

  @Test
  void shouldSayThatNothingIsThere() {
    try (GuestMemory memory = MappedGuestMemory.memfd(LAYOUT, "base")) {
      hear(memory);
      assertThat(told).isEmpty();
      assertThat(lasts).containsExactly(true);
    }
  }
}
