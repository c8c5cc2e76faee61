package org.understudy.checkpoint.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.understudy.checkpoint.codec.decode.EpochDecoder;
import org.understudy.checkpoint.codec.decode.StagingLimitException;
import org.understudy.checkpoint.codec.encode.EpochEncoder;
import org.understudy.checkpoint.codec.encode.ScalarPageDiff;
import org.understudy.checkpoint.codec.format.BatchFormat;
import org.understudy.checkpoint.codec.format.CodecSettings;
import org.understudy.checkpoint.codec.format.Compressor;
import org.understudy.checkpoint.codec.format.CorruptBatchException;
import org.understudy.checkpoint.codec.format.Mem;
import org.understudy.checkpoint.codec.format.PageCoding;
import org.understudy.checkpoint.codec.format.Sharing;

class HostileBatchTest {
  private static final int PAGES = 400;
  private static final long SEED = Long.getLong("codec.seed", new SplittableRandom().nextLong());

  private final TestMemory guest = new TestMemory(PAGES);
  private final TestMemory image = new TestMemory(PAGES);
  private final TestMemory before = new TestMemory(PAGES);
  private final EpochDecoder decoder = new EpochDecoder(image, 64 << 20);
  private final PageMutator mutator = new PageMutator(guest, PAGES, SEED);

  @BeforeEach
  void printSeed() {
    System.out.println("codec.seed=" + SEED);
  }

  @AfterEach
  void free() {
    decoder.close();
    guest.close();
    image.close();
    before.close();
  }

  /** Commits two epochs and returns the batches of a third. */
  private List<byte[]> thirdEpoch(CodecSettings settings, int maxPages) {
    try (EpochEncoder encoder =
        new EpochEncoder(settings, guest.layout(), maxPages, SEED, new ScalarPageDiff())) {
      for (int epoch = 0; epoch < 2; epoch++) {
        Codecs.decode(
            decoder, epoch, Codecs.encode(encoder, epoch, guest.capture(mutator.mutate(PAGES))));
      }
      Mem.copy(image.address(), before.address(), (long) PAGES * Mem.PAGE);
      return Codecs.encode(encoder, 2, guest.capture(mutator.mutate(PAGES)));
    }
  }

  private void assertRefused(byte[] batch) {
    decoder.begin(2);
    assertThatThrownBy(() -> Codecs.accept(decoder, batch))
        .isInstanceOf(CorruptBatchException.class)
        .hasMessageContaining("offset");
    assertThatThrownBy(decoder::apply).isInstanceOf(IllegalStateException.class);
    assertThat(image.sameAs(before)).isTrue();
  }

  @ParameterizedTest
  @EnumSource(PageCoding.class)
  void shouldRefuseAndLeaveImageWhenAnyByteIsChanged(PageCoding coding) {
    byte[] batch = thirdEpoch(settings(coding), 60).get(0);
    SplittableRandom random = new SplittableRandom(SEED);
    int step = Math.max(1, batch.length / 800);
    for (int at = 0; at < batch.length; at += at < 150 ? 1 : step) {
      byte[] mutated = batch.clone();
      mutated[at] ^= (byte) (1 + random.nextInt(255));
      assertRefused(mutated);
    }
  }

  @ParameterizedTest
  @EnumSource(PageCoding.class)
  void shouldNeverTouchImageWhenChecksumOfMutationIsRight(PageCoding coding) {
    byte[] batch = thirdEpoch(settings(coding), 60).get(0);
    SplittableRandom random = new SplittableRandom(SEED);
    int refused = 0;
    for (int i = 0; i < 1500; i++) {
      byte[] mutated = batch.clone();
      int changes = 1 + random.nextInt(3);
      for (int change = 0; change < changes; change++) {
        int limit = random.nextBoolean() ? Math.min(200, mutated.length) : mutated.length;
        mutated[random.nextInt(4, limit)] = (byte) random.nextInt();
      }
      Codecs.fixChecksum(mutated);
      decoder.begin(2);
      try {
        Codecs.accept(decoder, mutated);
      } catch (CorruptBatchException e) {
        refused++;
        assertThat(e.offset()).isBetween(0L, (long) mutated.length);
      }
      decoder.discard();
    }
    assertThat(refused).isPositive();
    assertThat(image.sameAs(before)).isTrue();
  }

  /** Batches of text, each of which goes on with the frame of the one before. */
  private List<byte[]> textEpoch() {
    SplittableRandom random = new SplittableRandom(SEED);
    try (EpochEncoder encoder = new EpochEncoder(CodecSettings.understudy(), guest.layout(), 50)) {
      for (int page = 0; page < PAGES; page++) {
        for (int at = 0; at < Mem.PAGE; at++) {
          Mem.putByte(guest.page(page) + at, 'a' + random.nextInt(9));
        }
      }
      return Codecs.encode(encoder, 2, guest.capture(Codecs.pages(0, PAGES)));
    }
  }

  @Test
  void shouldNeverTouchImageWhenPieceOfFrameIsMutatedUnderRightChecksum() {
    List<byte[]> batches = textEpoch();
    SplittableRandom random = new SplittableRandom(SEED);
    int refused = 0;
    for (int i = 0; i < 600; i++) {
      byte[] mutated = batches.get(1).clone();
      int limit = random.nextBoolean() ? 80 : mutated.length;
      mutated[random.nextInt(BatchFormat.FLAGS_OFFSET, limit)] = (byte) random.nextInt();
      Codecs.fixChecksum(mutated);
      decoder.begin(2);
      Codecs.accept(decoder, batches.get(0));
      try {
        Codecs.accept(decoder, mutated);
        Codecs.accept(decoder, batches.get(2));
      } catch (CorruptBatchException e) {
        refused++;
      }
      decoder.discard();
      assertThat(image.sameAs(before)).isTrue();
    }
    assertThat(refused).isPositive();
    Codecs.decode(decoder, 2, batches);
    assertThat(image.sameAs(guest)).isTrue();
  }

  @Test
  void shouldRefuseWhenPieceGoesOnWithFrameOfAnotherEpoch() {
    List<byte[]> batches = textEpoch();
    Codecs.decode(decoder, 2, batches);
    Mem.copy(image.address(), before.address(), (long) PAGES * Mem.PAGE);
    byte[] second = batches.get(1).clone();
    second[BatchFormat.SEQUENCE_OFFSET] = 0;
    Codecs.fixChecksum(second);
    decoder.begin(2);
    assertThatThrownBy(() -> Codecs.accept(decoder, second))
        .isInstanceOf(CorruptBatchException.class)
        .hasMessageContaining("was not begun");
    assertThat(image.sameAs(before)).isTrue();
  }

  @Test
  void shouldRefuseWhenPieceOfFrameHoldsMoreOrLessThanAnnounced() {
    for (int by : new int[] {-4096, -1, 1, 4096}) {
      byte[] batch = textEpoch().get(0);
      // Page numbers (one compressor byte, one length) and classes come before the data.
      int at = dataEntry(batch) + 1;
      int raw = batch[at] & 0x7F | (batch[at + 1] & 0x7F) << 7 | (batch[at + 2] & 0x7F) << 14;
      assertThat(raw).isEqualTo(50 * Mem.PAGE);
      raw += by;
      batch[at] = (byte) (raw | 0x80);
      batch[at + 1] = (byte) (raw >>> 7 | 0x80);
      batch[at + 2] = (byte) (raw >>> 14);
      Codecs.fixChecksum(batch);
      assertRefused(batch);
    }
  }

  private static int dataEntry(byte[] batch) {
    int at = BatchFormat.HEADER_BYTES;
    while (batch[at] < Compressor.FRAME_START.code()) {
      at += batch[at] == Compressor.NONE.code() ? 2 : 3;
    }
    return at;
  }

  @Test
  void shouldApplyWithoutHarmWhenMutationIsWellFormed() {
    byte[] batch =
        thirdEpoch(CodecSettings.understudy().withCompressor(Compressor.NONE), 60).get(0);
    SplittableRandom random = new SplittableRandom(SEED);
    for (int i = 0; i < 3000; i++) {
      byte[] mutated = batch.clone();
      mutated[random.nextInt(BatchFormat.FLAGS_OFFSET, mutated.length)] = (byte) random.nextInt();
      Codecs.fixChecksum(mutated);
      decoder.begin(2);
      try {
        Codecs.accept(decoder, mutated);
        decoder.apply();
      } catch (CorruptBatchException e) {
        decoder.discard();
      }
    }
  }

  @Test
  void shouldRefuseWhenTruncated() {
    byte[] batch = thirdEpoch(CodecSettings.understudy(), 60).get(0);
    for (int length = 0; length < batch.length; length += 1 + length / 50) {
      assertRefused(Arrays.copyOf(batch, length));
    }
    byte[] longer = Arrays.copyOf(batch, batch.length + 1);
    assertRefused(longer);
  }

  @Test
  void shouldRefuseWhenReorderedDuplicatedOrOfAnotherEpoch() {
    List<byte[]> batches = thirdEpoch(CodecSettings.understudy(), 60);
    assertThat(batches).hasSizeGreaterThan(2);
    assertRefused(batches.get(1));
    decoder.begin(2);
    Codecs.accept(decoder, batches.get(0));
    assertThatThrownBy(() -> Codecs.accept(decoder, batches.get(0)))
        .isInstanceOf(CorruptBatchException.class)
        .hasMessageContaining("batch 0, expected 1");
    decoder.begin(3);
    assertThatThrownBy(() -> Codecs.accept(decoder, batches.get(0)))
        .hasMessageContaining("epoch 2, expected 3");
    assertThat(image.sameAs(before)).isTrue();
    Codecs.decode(decoder, 2, batches);
    assertThat(image.sameAs(guest)).isTrue();
  }

  @Test
  void shouldRefuseWhenStreamsAnnounceTooMuch() {
    byte[] batch = thirdEpoch(CodecSettings.understudy(), 60).get(0);
    byte[] mutated = batch.clone();
    mutated[BatchFormat.HEADER_BYTES + 1] = (byte) 0xFF;
    mutated[BatchFormat.HEADER_BYTES + 2] = (byte) 0xFF;
    mutated[BatchFormat.HEADER_BYTES + 3] = 0x7F;
    Codecs.fixChecksum(mutated);
    assertRefused(mutated);
  }

  @Test
  void shouldKeepWholeEpochsOnlyWhenStagingLimitIsReached() {
    List<byte[]> batches = new ArrayList<>(thirdEpoch(CodecSettings.remus(), 60));
    try (EpochDecoder small = new EpochDecoder(image, 256 * 1024)) {
      small.begin(2);
      assertThatThrownBy(() -> batches.forEach(batch -> Codecs.accept(small, batch)))
          .isInstanceOf(StagingLimitException.class)
          .hasMessageContaining("limit is 262144");
      assertThatThrownBy(small::apply).isInstanceOf(IllegalStateException.class);
    }
    assertThat(image.sameAs(before)).isTrue();
  }

  private static CodecSettings settings(PageCoding coding) {
    return new CodecSettings(coding, 64, Sharing.ON, Compressor.ZSTD, CodecSettings.UNLIMITED);
  }
}
