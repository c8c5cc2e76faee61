package org.understudy.checkpoint.codec.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.understudy.checkpoint.codec.Codecs;
import org.understudy.checkpoint.codec.PageMutator;
import org.understudy.checkpoint.codec.TestMemory;
import org.understudy.checkpoint.codec.decode.EpochDecoder;
import org.understudy.checkpoint.codec.format.BatchFormat;
import org.understudy.checkpoint.codec.format.CodecSettings;
import org.understudy.checkpoint.codec.format.Compressor;
import org.understudy.checkpoint.codec.format.Mem;
import org.understudy.checkpoint.codec.format.PageClass;
import org.understudy.checkpoint.codec.format.Sharing;

class EpochEncoderTest {
  private static final int PAGES = 600;
  private final TestMemory guest = new TestMemory(PAGES);
  private final TestMemory image = new TestMemory(PAGES);
  private final EpochDecoder decoder = new EpochDecoder(image, 64 << 20);

  @AfterEach
  void free() {
    decoder.close();
    guest.close();
    image.close();
  }

  private EpochEncoder encoder(CodecSettings settings) {
    return new EpochEncoder(settings, guest.layout(), 1000, 7, new ScalarPageDiff());
  }

  @Test
  void shouldGiveEqualBytesWhenVectorsAreUsed() {
    PageDiff vector = PageDiffs.vector();
    Assumptions.assumeTrue(vector != null, "module jdk.incubator.vector is not present");
    for (int block : new int[] {64, 128, 256}) {
      CodecSettings settings =
          CodecSettings.understudy().withBlockBytes(block).withCompressor(Compressor.LZ4);
      PageMutator mutator = new PageMutator(guest, PAGES, 11);
      try (EpochEncoder scalar = encoder(settings);
          EpochEncoder vectors = new EpochEncoder(settings, guest.layout(), 1000, 7, vector)) {
        for (int epoch = 0; epoch < 6; epoch++) {
          int[] pages = mutator.mutate(400);
          List<byte[]> expected = Codecs.encode(scalar, epoch, guest.capture(pages));
          List<byte[]> actual = Codecs.encode(vectors, epoch, guest.capture(pages));
          assertThat(actual).hasSameSizeAs(expected);
          for (int i = 0; i < expected.size(); i++) {
            assertThat(actual.get(i)).isEqualTo(expected.get(i));
          }
        }
      }
    }
  }

  @Test
  void shouldGiveEqualBytesWhenTheTrackerKnowsTheWrittenBlocks() {
    for (CodecSettings settings :
        List.of(
            CodecSettings.understudy(),
            CodecSettings.understudy().withShadowBudgetBytes((long) PAGES / 3 * Mem.PAGE),
            CodecSettings.understudy().withBlockBytes(256).withShadowBudgetBytes(0),
            CodecSettings.fgbi(),
            CodecSettings.remusXor())) {
      PageMutator mutator = new PageMutator(guest, PAGES, 12);
      CodecSettings lz4 = settings.withCompressor(Compressor.LZ4);
      try (EpochEncoder pagesKnown = encoder(lz4);
          EpochEncoder blocksKnown = encoder(lz4);
          EpochDecoder fresh = new EpochDecoder(image, 64 << 20)) {
        image.segment().fill((byte) 0);
        for (int epoch = 0; epoch < 8; epoch++) {
          int[] pages = mutator.mutate(400);
          List<byte[]> expected = Codecs.encode(pagesKnown, epoch, guest.capture(pages));
          List<byte[]> actual =
              Codecs.encode(blocksKnown, epoch, guest.captureWritten(image, pages));
          assertThat(actual.toArray(new byte[0][]))
              .as(lz4.toString())
              .isDeepEqualTo(expected.toArray(new byte[0][]));
          Codecs.decode(fresh, epoch, actual);
        }
      }
    }
  }

  @Test
  void shouldGiveEqualWordStreamsWhenVectorsAreUsedInAnyMode() {
    PageDiff vector = PageDiffs.vector();
    Assumptions.assumeTrue(vector != null, "module jdk.incubator.vector is not present");
    PageMutator mutator = new PageMutator(guest, PAGES, 13);
    mutator.mutate(PAGES);
    PageDiff scalar = new ScalarPageDiff();
    try (WordSink one = new WordSink(16 * Mem.PAGE);
        WordSink two = new WordSink(16 * Mem.PAGE)) {
      for (int page = 1; page < PAGES; page++) {
        long changed = scalar.changedBlocks(guest.page(page - 1), guest.page(page));
        assertThat(vector.changedBlocks(guest.page(page - 1), guest.page(page))).isEqualTo(changed);
        for (int mode = 0; mode < BatchFormat.MODES; mode++) {
          one.clear();
          two.clear();
          scalar.putWords(guest.page(page - 1), guest.page(page), changed, one, mode);
          vector.putWords(guest.page(page - 1), guest.page(page), changed, two, mode);
          assertThat(bytesOf(two)).isDeepEqualTo(bytesOf(one));
        }
      }
    }
  }

  private static byte[][] bytesOf(WordSink sink) {
    return new byte[][] {
      bytes(sink.wordMaskBase, sink.wordMaskBytes()),
      bytes(sink.byteMaskBase, sink.byteMaskBytes()),
      bytes(sink.valueBase, sink.valueBytes())
    };
  }

  private static byte[] bytes(long address, int length) {
    byte[] bytes = new byte[length];
    new UnsafeBuffer(address, length).getBytes(0, bytes);
    return bytes;
  }

  @Test
  void shouldShipNothingWhenPagesAreDirtyButUnchanged() {
    new PageMutator(guest, PAGES, 3).mutate(PAGES);
    try (EpochEncoder encoder = encoder(CodecSettings.understudy())) {
      Codecs.encode(encoder, 0, guest.capture(Codecs.pages(0, PAGES)));
      encoder.stats().reset();
      assertThat(Codecs.encode(encoder, 1, guest.capture(Codecs.pages(0, PAGES)))).isEmpty();
      assertThat(encoder.stats().pages(PageClass.UNCHANGED)).isEqualTo(PAGES);
      assertThat(encoder.stats().totalBytes()).isZero();
    }
  }

  @Test
  void shouldShipReferenceOfPreviousEpochWhenPagesSwapTheirContent() {
    try (EpochEncoder encoder = encoder(CodecSettings.understudy().withSharing(Sharing.ON))) {
      fill(0, 1);
      fill(1, 2);
      Codecs.decode(decoder, 0, Codecs.encode(encoder, 0, guest.capture(Codecs.pages(0, PAGES))));
      encoder.stats().reset();
      fill(0, 2);
      fill(1, 1);
      List<byte[]> batches = Codecs.encode(encoder, 1, guest.capture(0, 1));
      assertThat(encoder.stats().pages(PageClass.SHARED)).isPositive();
      Codecs.decode(decoder, 1, batches);
      assertThat(image.sameAs(guest)).isTrue();
    }
  }

  @Test
  void shouldSendChainOfCopiesRightWhenSourcesChangeInTheSameEpoch() {
    try (EpochEncoder encoder = encoder(CodecSettings.understudy().withSharing(Sharing.ON))) {
      for (int page = 0; page < 50; page++) {
        fill(page, page + 1);
      }
      Codecs.decode(decoder, 0, Codecs.encode(encoder, 0, guest.capture(Codecs.pages(0, PAGES))));
      for (int epoch = 1; epoch < 5; epoch++) {
        for (int page = 0; page < 49; page++) {
          Mem.copy(guest.page(page + 1), guest.page(page), Mem.PAGE);
        }
        fill(49, 100 + epoch);
        Codecs.decode(
            decoder, epoch, Codecs.encode(encoder, epoch, guest.capture(Codecs.pages(0, 50))));
        assertThat(image.sameAs(guest)).isTrue();
      }
      assertThat(encoder.stats().pages(PageClass.SHARED)).isGreaterThan(100);
    }
  }

  private void fill(int page, long seed) {
    java.util.SplittableRandom random = new java.util.SplittableRandom(seed);
    for (int at = 0; at < Mem.PAGE; at += Long.BYTES) {
      Mem.putLong(guest.page(page) + at, random.nextLong());
    }
  }

  @Test
  void shouldStayInItsShadowBudgetWhenRegionIsLarger() {
    new PageMutator(guest, PAGES, 3).mutate(PAGES);
    long budget = 100L * Mem.PAGE;
    CodecSettings settings =
        CodecSettings.understudy().withSharing(Sharing.OFF).withShadowBudgetBytes(budget);
    try (EpochEncoder encoder = encoder(settings)) {
      Codecs.encode(encoder, 0, guest.capture(Codecs.pages(0, PAGES)));
      long hashes = (PAGES + 256L) * 64 * Long.BYTES;
      assertThat(encoder.memoryBytes())
          .isGreaterThan(0)
          .isLessThanOrEqualTo(256L * Mem.PAGE + hashes + 4L * PAGES);
    }
  }

  @Test
  void shouldShipEverythingAgainWhenReset() {
    new PageMutator(guest, PAGES, 5).mutate(PAGES);
    try (EpochEncoder encoder = encoder(CodecSettings.understudy())) {
      Codecs.encode(encoder, 0, guest.capture(Codecs.pages(0, PAGES)));
      encoder.begin(1, guest.capture(Codecs.pages(0, 3)));
      encoder.reset();
      Codecs.decode(decoder, 0, Codecs.encode(encoder, 0, guest.capture(Codecs.pages(0, PAGES))));
      assertThat(image.sameAs(guest)).isTrue();
    }
  }

  @Test
  void shouldRefuseWhenCaptureBeforeIsUnfinishedOrRoomTooSmall() {
    try (EpochEncoder encoder = encoder(CodecSettings.understudy())) {
      encoder.begin(0, guest.capture(1, 2));
      assertThatThrownBy(() -> encoder.begin(1, guest.capture(1)))
          .isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> encoder.encodeNext(new UnsafeBuffer(new byte[100]), 0, 100))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("100");
    }
  }

  @Test
  void shouldRoundTripWhenPagesLieBeyondTwoGiB() {
    int pages = 3 << 18;
    try (TestMemory large = new TestMemory(pages);
        TestMemory copy = new TestMemory(pages);
        EpochEncoder encoder = new EpochEncoder(CodecSettings.understudy(), large.layout());
        EpochDecoder largeDecoder = new EpochDecoder(copy, 64 << 20)) {
      int[] numbers = {pages - 1, 5, 1 << 19, (1 << 19) + 1, 600_000};
      for (int epoch = 0; epoch < 3; epoch++) {
        for (int number : numbers) {
          Mem.putLong(large.page(number) + 8L * number % Mem.PAGE, number + epoch);
        }
        Codecs.decode(largeDecoder, epoch, Codecs.encode(encoder, epoch, large.capture(numbers)));
        for (int number : numbers) {
          assertThat(Mem.getLong(copy.page(number) + 8L * number % Mem.PAGE))
              .isEqualTo(number + epoch);
        }
      }
    }
  }
}
