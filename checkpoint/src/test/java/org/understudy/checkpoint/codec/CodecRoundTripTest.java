package org.understudy.checkpoint.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CodecRoundTripTest {
  private static final int PAGES = 1500;
  private static final long SEED = Long.getLong("codec.seed", new SplittableRandom().nextLong());

  static Stream<CodecSettings> settings() {
    List<CodecSettings> all = new ArrayList<>();
    for (PageCoding coding : PageCoding.values()) {
      for (int block : new int[] {64, 128, 256}) {
        for (Compressor compressor : Compressor.values()) {
          for (long budget : new long[] {0, 200L * Mem.PAGE, CodecSettings.UNLIMITED}) {
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
    UnsafeBuffer batch = new UnsafeBuffer(new byte[EpochEncoder.MAX_BATCH_BYTES]);
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

  private static int next(EpochEncoder encoder, UnsafeBuffer batch, int max) {
    return encoder.encodeNext(batch, 7, max);
  }
}
