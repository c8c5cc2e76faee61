package org.understudy.checkpoint.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.understudy.checkpoint.codec.decode.EpochDecoder;
import org.understudy.checkpoint.codec.encode.EpochEncoder;
import org.understudy.checkpoint.codec.format.CodecSettings;
import org.understudy.checkpoint.codec.format.Mem;
import org.understudy.checkpoint.memory.ZeroPages;
import org.understudy.checkpoint.verify.ContentHash;

/**
 * A copy over memory that is not zero: whatever lay there, the image becomes the guest's memory.
 */
class CopyOverBaseTest {
  private static final int PAGES = 500;

  private final TestMemory guest = new TestMemory(PAGES);
  private final TestMemory image = new TestMemory(PAGES);
  private final EpochDecoder decoder = new EpochDecoder(image, 64 << 20);

  @AfterEach
  void free() {
    decoder.close();
    guest.close();
    image.close();
  }

  static Stream<CodecSettings> presets() {
    return Stream.of(
        CodecSettings.understudy(),
        CodecSettings.understudy().withShadowBudgetBytes((long) PAGES / 3 * Mem.PAGE),
        CodecSettings.fgbi(),
        CodecSettings.remus(),
        CodecSettings.remusXor());
  }

  @ParameterizedTest
  @MethodSource("presets")
  void shouldMakeAnyBaseEqual(CodecSettings settings) {
    for (long seed = 1; seed <= 8; seed++) {
      makesEqual(settings, seed);
    }
  }

  /** Pages of the guest, those that the backup has too, older ones, and some that nobody wants. */
  private void makesEqual(CodecSettings settings, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    guest.segment().fill((byte) 0);
    PageMutator mutator = new PageMutator(guest, PAGES, seed);
    mutator.mutate(300);
    image.segment().copyFrom(guest.segment());
    PageMutator other = new PageMutator(image, PAGES, seed + 100);
    other.mutate(random.nextInt(200));
    try (EpochEncoder encoder = new EpochEncoder(settings, guest.layout())) {
      int equal = equalPages();
      encoder.awaitBase();
      tellBase(encoder, random);
      copy(encoder, 0);
      assertThat(image.sameAs(guest)).as("seed %d", seed).isTrue();
      assertThat(encoder.stats().alreadyTherePages()).as("seed %d", seed).isEqualTo(equal);
      for (int epoch = 1; epoch < 6; epoch++) {
        int[] pages = mutator.mutate(100);
        Codecs.decode(decoder, epoch, Codecs.encode(encoder, epoch, guest.capture(pages)));
        assertThat(image.sameAs(guest)).as("seed %d, epoch %d", seed, epoch).isTrue();
      }
    }
  }

  private void copy(EpochEncoder encoder, long epoch) {
    int[] written =
        IntStream.range(0, PAGES).filter(page -> !ZeroPages.isZero(guest, page)).toArray();
    Codecs.decode(decoder, epoch, Codecs.encode(encoder, epoch, guest.capture(written)));
  }

  private int equalPages() {
    return (int)
        IntStream.range(0, PAGES)
            .filter(page -> !ZeroPages.isZero(image, page) && isEqual(page))
            .count();
  }

  private boolean isEqual(int page) {
    long from = (long) page * Mem.PAGE;
    return guest.segment().asSlice(from, Mem.PAGE).mismatch(image.segment().asSlice(from, Mem.PAGE))
        < 0;
  }

  /** In pieces of any length; pages of zeros are left out at their ends. */
  private void tellBase(EpochEncoder encoder, SplittableRandom random) {
    ContentHash hash = new ContentHash();
    UnsafeBuffer hashes = new UnsafeBuffer(new byte[64 * ContentHash.BYTES]);
    int first = 0;
    while (first < PAGES) {
      while (first < PAGES && ZeroPages.isZero(image, first)) {
        first++;
      }
      int count = Math.min(PAGES - first, 1 + random.nextInt(63));
      for (int i = 0; i < count; i++) {
        byte[] of = hash.ofPage(image.segment(), (long) (first + i) * Mem.PAGE);
        byte[] told = ZeroPages.isZero(image, first + i) ? new byte[ContentHash.BYTES] : of;
        hashes.putBytes(i * ContentHash.BYTES, told, 0, ContentHash.BYTES);
      }
      assertThat(encoder.base(first, hashes, 0, count * ContentHash.BYTES)).isTrue();
      first += count;
    }
  }

  @Test
  void shouldSendNothingOfWhatIsThere() {
    new PageMutator(guest, PAGES, 5).mutate(400);
    image.segment().copyFrom(guest.segment());
    try (EpochEncoder encoder = new EpochEncoder(CodecSettings.understudy(), guest.layout())) {
      encoder.awaitBase();
      tellBase(encoder, new SplittableRandom(5));
      List<byte[]> batches = Codecs.encode(encoder, 0, guest.capture(Codecs.pages(0, PAGES)));
      assertThat(batches).isEmpty();
    }
  }

  @Test
  void shouldForgetTheBaseOfACopyThatIsGivenUp() {
    new PageMutator(guest, PAGES, 6).mutate(400);
    image.segment().copyFrom(guest.segment());
    try (EpochEncoder encoder = new EpochEncoder(CodecSettings.understudy(), guest.layout())) {
      encoder.awaitBase();
      tellBase(encoder, new SplittableRandom(6));
      encoder.reset();
      image.segment().fill((byte) 0);
      copy(encoder, 0);
      assertThat(image.sameAs(guest)).isTrue();
    }
  }

  @Test
  void shouldRefuseHashesThatMakeNoSense() {
    UnsafeBuffer hashes = new UnsafeBuffer(new byte[64]);
    try (EpochEncoder encoder = new EpochEncoder(CodecSettings.understudy(), guest.layout())) {
      assertThat(encoder.base(0, hashes, 0, 16)).as("not asked for").isFalse();
      encoder.awaitBase();
      assertThat(encoder.base(0, hashes, 0, 17)).as("half a hash").isFalse();
      assertThat(encoder.base(PAGES - 1, hashes, 0, 32)).as("beyond the end").isFalse();
      assertThat(encoder.base(7, hashes, 0, 32)).isTrue();
      assertThat(encoder.base(8, hashes, 0, 16)).as("told already").isFalse();
      assertThat(encoder.base(9, hashes, 0, 16)).isTrue();
      assertThat(encoder.base(PAGES, hashes, 0, 0)).as("nothing more").isTrue();
    }
  }
}
