package org.understudy.checkpoint.codec.section;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.understudy.checkpoint.codec.Codecs;
import org.understudy.checkpoint.codec.format.CorruptBatchException;

class SectionCodecTest {
  private final SectionCodec codec = new SectionCodec();
  private final SplittableRandom random = new SplittableRandom(1);

  @AfterEach
  void close() {
    codec.close();
  }

  private byte[] encode(byte[] raw) {
    byte[] encoded = new byte[SectionCodec.maxEncodedLength(raw.length) + 3];
    int length = codec.encode(new UnsafeBuffer(raw), 0, raw.length, new UnsafeBuffer(encoded), 3);
    return Arrays.copyOfRange(encoded, 3, 3 + length);
  }

  private byte[] decode(byte[] encoded, int max) {
    UnsafeBuffer from = new UnsafeBuffer(encoded);
    byte[] raw = new byte[codec.rawLength(from, 0, encoded.length, max)];
    codec.decode(from, 0, encoded.length, new UnsafeBuffer(raw), 0, max);
    return raw;
  }

  @Test
  void shouldRoundTripWhenSectionIsEmptySmallLargeOrIncompressible() {
    for (int length : new int[] {0, 1, 19, 20, 1000, 100_000, SectionCodec.MAX_RAW_BYTES}) {
      byte[] noise = new byte[length];
      random.nextBytes(noise);
      byte[] text = new byte[length];
      for (int i = 0; i < length; i++) {
        text[i] = (byte) ('a' + random.nextInt(3));
      }
      assertThat(decode(encode(noise), SectionCodec.MAX_RAW_BYTES)).isEqualTo(noise);
      assertThat(decode(encode(text), SectionCodec.MAX_RAW_BYTES)).isEqualTo(text);
      if (length >= 1000) {
        assertThat(encode(text)).hasSizeLessThan(length * 2 / 3);
      }
    }
  }

  @Test
  void shouldRefuseWhenAnyByteIsChangedOrCutOff() {
    byte[] text = "a section of some bytes, some bytes, some bytes, some bytes, again".getBytes();
    byte[] encoded = encode(text);
    for (int at = 0; at < encoded.length; at++) {
      byte[] mutated = encoded.clone();
      mutated[at] ^= 0x41;
      assertThatThrownBy(() -> decode(mutated, 1000)).isInstanceOf(CorruptBatchException.class);
      byte[] cut = Arrays.copyOf(encoded, at);
      assertThatThrownBy(() -> decode(cut, 1000)).isInstanceOf(CorruptBatchException.class);
    }
  }

  @Test
  void shouldRefuseOrStayInBoundsWhenChecksumOfMutationIsRight() {
    byte[] raw = new byte[5000];
    byte[] encoded = encode(raw);
    for (int i = 0; i < 3000; i++) {
      byte[] mutated = encoded.clone();
      mutated[random.nextInt(4, mutated.length)] = (byte) random.nextInt();
      Codecs.fixChecksum(mutated);
      try {
        assertThat(decode(mutated, 6000)).hasSizeLessThanOrEqualTo(6000);
      } catch (CorruptBatchException e) {
        assertThat(e.offset()).isLessThanOrEqualTo(mutated.length);
      }
    }
  }

  @Test
  void shouldRefuseWhenMoreIsAnnouncedThanAllowed() {
    byte[] encoded = encode(new byte[5000]);
    assertThatThrownBy(() -> decode(encoded, 4999))
        .isInstanceOf(CorruptBatchException.class)
        .hasMessageContaining("5000");
  }
}
