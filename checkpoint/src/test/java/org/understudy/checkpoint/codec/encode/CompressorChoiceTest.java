package org.understudy.checkpoint.codec.encode;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.understudy.checkpoint.codec.format.Compressor;

class CompressorChoiceTest {
  private final CompressorChoice choice = new CompressorChoice(Compressor.AUTO);

  private Compressor mostOf(int batches) {
    int[] counts = new int[Compressor.values().length];
    for (int i = 0; i < batches; i++) {
      counts[choice.next().ordinal()]++;
    }
    for (Compressor compressor : Compressor.values()) {
      if (counts[compressor.ordinal()] > batches / 2) {
        return compressor;
      }
    }
    return null;
  }

  @Test
  void shouldSaveBytesWhenLinkIsUnknownOrSlow() {
    assertThat(mostOf(50)).isEqualTo(Compressor.ZSTD);
    choice.linkBytesPerSecond(100_000_000);
    assertThat(mostOf(50)).isEqualTo(Compressor.ZSTD);
  }

  @Test
  void shouldSaveTimeWhenLinkIsFast() {
    choice.linkBytesPerSecond(2_000_000_000L);
    assertThat(mostOf(50)).isEqualTo(Compressor.NONE);
  }

  @Test
  void shouldChangeOverWhenMeasurementsChange() {
    choice.linkBytesPerSecond(300_000_000);
    for (int i = 0; i < 100; i++) {
      choice.measured(Compressor.ZSTD, 1000, 990, 5000);
      choice.measured(Compressor.LZ4, 1000, 400, 300);
    }
    assertThat(mostOf(50)).isEqualTo(Compressor.LZ4);
  }

  @Test
  void shouldKeepToSettingWhenItNamesOne() {
    assertThat(new CompressorChoice(Compressor.LZ4).next()).isEqualTo(Compressor.LZ4);
  }
}
