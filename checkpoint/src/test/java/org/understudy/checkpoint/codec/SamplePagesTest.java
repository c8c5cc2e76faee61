package org.understudy.checkpoint.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.checkpoint.codec.decode.EpochDecoder;
import org.understudy.checkpoint.codec.encode.EpochEncoder;
import org.understudy.checkpoint.codec.format.CodecSettings;
import org.understudy.checkpoint.codec.format.Mem;

/** Bytes and correctness on pages of real programs; speed is for benchmarks. */
class SamplePagesTest {
  private static final int RECORD = 8 + 2 * Mem.PAGE;
  private static final int WINDOW_LOG = 27;

  /** Several tests ask for the same. */
  private static final Map<String, Long> ENCODED = new ConcurrentHashMap<>();

  private static byte[] load(String name) throws IOException {
    try (InputStream in =
        SamplePagesTest.class.getResourceAsStream("/pages/" + name + ".pairs.zst")) {
      return new ZstdInputStream(in).setLongMax(WINDOW_LOG).readAllBytes();
    }
  }

  /** Encodes old, then new content; returns the bytes of the new one, decoded and compared. */
  private static long encode(String name, CodecSettings settings) throws IOException {
    String which = name + " " + settings;
    Long known = ENCODED.get(which);
    if (known == null) {
      known = encodeNow(name, settings);
      ENCODED.put(which, known);
    }
    return known;
  }

  private static long encodeNow(String name, CodecSettings settings) throws IOException {
    UnsafeBuffer records = new UnsafeBuffer(load(name));
    int pages = records.capacity() / RECORD;
    try (TestMemory guest = new TestMemory(pages);
        TestMemory image = new TestMemory(pages);
        EpochEncoder encoder = new EpochEncoder(settings, guest.layout());
        EpochDecoder decoder = new EpochDecoder(image, 64 << 20)) {
      long bytes = 0;
      for (int epoch = 0; epoch < 2; epoch++) {
        for (int page = 0; page < pages; page++) {
          int at = page * RECORD + 8 + epoch * Mem.PAGE;
          new UnsafeBuffer(guest.page(page), Mem.PAGE).putBytes(0, records, at, Mem.PAGE);
        }
        List<byte[]> batches = Codecs.encode(encoder, epoch, guest.capture(Codecs.pages(0, pages)));
        Codecs.decode(decoder, epoch, batches);
        assertThat(image.sameAs(guest)).isTrue();
        bytes = batches.stream().mapToLong(batch -> batch.length).sum();
      }
      return bytes;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"redis", "jvm", "sqlite", "btree", "rewritten", "new", "random"})
  void shouldRebuildPagesOfProgramsWithEveryPreset(String name) throws IOException {
    for (String preset : List.of("remus", "remus-xor", "llm", "fgbi", "understudy")) {
      assertThat(encode(name, CodecSettings.preset(preset))).isPositive();
    }
  }

  @ParameterizedTest
  @CsvSource({"redis, 20", "jvm, 5", "sqlite, 4", "btree, 20", "rewritten, 4", "new, 3"})
  void shouldReachRatioOnSamples(String name, int ratio) throws IOException {
    long raw = load(name).length / RECORD * (long) Mem.PAGE;
    assertThat(encode(name, CodecSettings.understudy())).isLessThan(raw / ratio);
  }

  @ParameterizedTest
  @ValueSource(strings = {"redis", "jvm", "sqlite", "btree"})
  void shouldTakeFewerBytesThanOtherPresets(String name) throws IOException {
    assertThat(encode(name, CodecSettings.understudy()))
        .isLessThan(encode(name, CodecSettings.remusXor()))
        .isLessThan(encode(name, CodecSettings.fgbi()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"new", "random", "rewritten", "btree"})
  void shouldTakeNoMoreThanWholePagesThroughZstdPlusOnePercent(String name) throws IOException {
    byte[] records = load(name);
    byte[] whole = new byte[records.length / RECORD * Mem.PAGE];
    for (int page = 0; page < records.length / RECORD; page++) {
      System.arraycopy(records, page * RECORD + 8 + Mem.PAGE, whole, page * Mem.PAGE, Mem.PAGE);
    }
    try (ZstdCompressCtx zstd = new ZstdCompressCtx().setLevel(1)) {
      int limit = zstd.compress(whole).length;
      assertThat(encode(name, CodecSettings.understudy())).isLessThan(limit + limit / 100);
    }
  }

  @Test
  void shouldGrowByLessThanHalfAPercentWhenPagesAreIncompressible() throws IOException {
    long raw = load("random").length / RECORD * (long) Mem.PAGE;
    assertThat(encode("random", CodecSettings.understudy())).isLessThan(raw + raw / 200);
  }
}
