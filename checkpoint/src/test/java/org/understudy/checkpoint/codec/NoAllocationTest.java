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
  private static final int PAGES = 64;
  private static final int WARM_UP_EPOCHS = 20_000;
  private static final int EPOCHS = 10_000;

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
      for (int epoch = 0; epoch < WARM_UP_EPOCHS; epoch++) {
        epoch(epoch, guest, capture, encoder, decoder, buffer);
      }
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int epoch = WARM_UP_EPOCHS; epoch < WARM_UP_EPOCHS + EPOCHS; epoch++) {
        epoch(epoch, guest, capture, encoder, decoder, buffer);
      }
      long allocated = threads.getCurrentThreadAllocatedBytes() - before;
      assertThat(allocated).isLessThan(MEASUREMENT_BYTES);
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
