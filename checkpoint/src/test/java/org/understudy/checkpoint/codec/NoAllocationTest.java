package org.understudy.checkpoint.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.checkpoint.codec.decode.EpochDecoder;
import org.understudy.checkpoint.codec.encode.EpochEncoder;
import org.understudy.checkpoint.codec.encode.PageDiffs;
import org.understudy.checkpoint.codec.format.BatchFormat;
import org.understudy.checkpoint.codec.format.CodecSettings;
import org.understudy.checkpoint.codec.format.Mem;
import org.understudy.checkpoint.guest.CapturedPages;

class NoAllocationTest {
  private static final int PAGES = 32;

  /** Allocation that is there once for all epochs; one that each epoch makes shows in each span. */
  private static final int SPAN_EPOCHS = 2_000;

  /** Until the compiler has seen enough to leave out what only lives within a method. */
  private static final int SPANS = 15;

  /** What the management bean itself takes, far below one byte per epoch. */
  private static final long MEASUREMENT_BYTES = 1024;

  @ParameterizedTest
  @ValueSource(strings = {"understudy", "fgbi", "remus-xor", "remus"})
  void shouldNotAllocateWhenEpochsAreEncodedAndApplied(String preset) throws Exception {
    PageDiffs.awaitProbe();
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    UnsafeBuffer buffer = new UnsafeBuffer(new byte[BatchFormat.MAX_BATCH_BYTES]);
    try (TestMemory guest = new TestMemory(PAGES);
        TestMemory image = new TestMemory(PAGES);
        EpochEncoder encoder = new EpochEncoder(CodecSettings.preset(preset), guest.layout());
        EpochDecoder decoder = new EpochDecoder(image, 16 << 20)) {
      new PageMutator(guest, PAGES, 1).mutate(PAGES);
      CapturedPages capture = guest.capture(Codecs.pages(0, PAGES));
      long allocated = Long.MAX_VALUE;
      for (int span = 0; span < SPANS && allocated >= MEASUREMENT_BYTES; span++) {
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int epoch = 0; epoch < SPAN_EPOCHS; epoch++) {
          epoch((long) span * SPAN_EPOCHS + epoch, guest, capture, encoder, decoder, buffer);
        }
        allocated = threads.getCurrentThreadAllocatedBytes() - before;
      }
      assertThat(allocated).as("bytes in %d epochs", SPAN_EPOCHS).isLessThan(MEASUREMENT_BYTES);
      assertThat(image.sameAs(guest)).isTrue();
    }
  }

  private static void epoch(
      long epoch,
      TestMemory guest,
      CapturedPages capture,
      EpochEncoder encoder,
      EpochDecoder decoder,
      UnsafeBuffer buffer) {
    for (int page = 0; page < PAGES; page += 3) {
      long at = guest.page(page) + (epoch * 88 + page * 8) % 4000;
      Mem.putLong(at & -8L, epoch * 31);
    }
    encoder.begin(epoch, capture);
    decoder.begin(epoch);
    int length = encoder.encodeNext(buffer, 0, buffer.capacity());
    while (length > 0) {
      decoder.accept(buffer, 0, length);
      length = encoder.encodeNext(buffer, 0, buffer.capacity());
    }
    decoder.apply();
  }
}
