package org.understudy.checkpoint.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.understudy.checkpoint.codec.decode.EpochDecoder;
import org.understudy.checkpoint.codec.encode.EpochEncoder;
import org.understudy.checkpoint.codec.format.BatchFormat;
import org.understudy.checkpoint.codec.format.CodecSettings;
import org.understudy.checkpoint.codec.format.Compressor;
import org.understudy.checkpoint.codec.format.Mem;
import org.understudy.checkpoint.codec.format.PageCoding;
import org.understudy.checkpoint.codec.format.Sharing;

class CodecRoundTripTest {
  private static final int PAGES = 300;
  private static final int TEXT_PAGES = 1500;
  private static final long SEED = Long.getLong("codec.seed", new SplittableRandom().nextLong());

  private static final List<Compressor> SETTINGS =
      Stream.of(Compressor.values()).filter(Compressor::isSetting).toList();

  static Stream<CodecSettings> settings() {
    List<CodecSettings> all = new ArrayList<>();
    for (PageCoding coding : PageCoding.values()) {
      for (int block : new int[] {64, 128, 256}) {
        for (Compressor compressor : SETTINGS) {
          for (long budget : new long[] {0, 50L * Mem.PAGE, CodecSettings.UNLIMITED}) {
            all.add(new CodecSettings(coding, block, Sharing.ON, compressor, budget));
          }
        }
      }
    }
    all.add(CodecSettings.understudy());
    all.add(CodecSettings.fgbi());
    all.add(CodecSettings.remusXor());
    return all.stream();
  }

  @ParameterizedTest
  @MethodSource("settings")
  void shouldRebuildEveryPageWhenPagesChangeInAllWays(CodecSettings settings) {
    System.out.println("codec.seed=" + SEED + " " + settings);
    UnsafeBuffer batch = new UnsafeBuffer(new byte[BatchFormat.MAX_BATCH_BYTES]);
    try (TestMemory guest = new TestMemory(PAGES);
        TestMemory image = new TestMemory(PAGES);
        EpochEncoder encoder = new EpochEncoder(settings, guest.layout());
        EpochDecoder decoder = new EpochDecoder(image, EpochDecoder.DEFAULT_STAGING_BYTES)) {
      PageMutator mutator = new PageMutator(guest, PAGES, SEED);
      SplittableRandom random = new SplittableRandom(SEED);
      long bytes = 0;
      for (int epoch = 0; epoch < 8; epoch++) {
        decoder.begin(epoch);
        int rounds = epoch == 0 ? 3 : 1;
        for (int round = 0; round < rounds; round++) {
          encoder.begin(epoch, guest.capture(mutator.mutate(1 + random.nextInt(PAGES))));
          int max = random.nextInt(EpochEncoder.MIN_BATCH_BYTES, batch.capacity() - 7);
          for (int n = next(encoder, batch, max); n > 0; n = next(encoder, batch, max)) {
            assertThat(n).isLessThanOrEqualTo(max);
            decoder.accept(batch, 7, n);
            bytes += n;
          }
        }
        decoder.apply();
        assertThat(image.sameAs(guest)).as("epoch " + epoch).isTrue();
      }
      assertThat(encoder.stats().totalBytes()).isEqualTo(bytes);
    }
  }

  @Test
  void shouldRebuildTextWhenFramesGoOnThroughManyBatchesAndStartAgain() {
    System.out.println("codec.seed=" + SEED);
    try (TestMemory guest = new TestMemory(TEXT_PAGES);
        TestMemory image = new TestMemory(TEXT_PAGES);
        EpochEncoder encoder = new EpochEncoder(CodecSettings.understudy(), guest.layout());
        EpochDecoder decoder = new EpochDecoder(image, EpochDecoder.DEFAULT_STAGING_BYTES)) {
      SplittableRandom random = new SplittableRandom(SEED);
      for (int epoch = 0; epoch < 4; epoch++) {
        for (int page = 0; page < TEXT_PAGES; page++) {
          for (int at = 0; at < Mem.PAGE; at++) {
            Mem.putByte(guest.page(page) + at, 'a' + random.nextInt(5 + epoch));
          }
        }
        List<byte[]> batches =
            Codecs.encode(encoder, epoch, guest.capture(Codecs.pages(0, TEXT_PAGES)));
        Codecs.decode(decoder, epoch, batches);
        assertThat(image.sameAs(guest)).as("epoch " + epoch).isTrue();
        assertThat(batches).hasSizeGreaterThan(20);
        assertThat(batches.stream().map(CodecRoundTripTest::dataCompressor))
            .as("epoch " + epoch)
            .startsWith((byte) Compressor.FRAME_START.code())
            .contains((byte) Compressor.FRAME_NEXT.code())
            .filteredOn(code -> code == Compressor.FRAME_START.code())
            .hasSizeGreaterThan(1);
      }
    }
  }

  /** What the data of a batch went through, -1 without any: other streams may stand before them. */
  private static byte dataCompressor(byte[] batch) {
    int streams = new UnsafeBuffer(batch).getShort(BatchFormat.STREAMS_OFFSET) & 0xFFFF;
    if ((streams & 1 << BatchFormat.STREAM_DATA) == 0) {
      return -1;
    }
    int at = BatchFormat.HEADER_BYTES;
    for (int stream = 0; stream < BatchFormat.STREAM_DATA; stream++) {
      if ((streams & 1 << stream) != 0) {
        int numbers = batch[at++] == Compressor.NONE.code() ? 1 : 2;
        for (int i = 0; i < numbers; i++) {
          while (batch[at++] < 0) {
            // A number goes on.
          }
        }
      }
    }
    return batch[at];
  }

  private static int next(EpochEncoder encoder, UnsafeBuffer batch, int max) {
    return encoder.encodeNext(batch, 7, max);
  }
}
