package org.understudy.checkpoint.codec.encode;

import org.understudy.checkpoint.codec.format.Compressor;

/**
 * Which compressor the next batch goes through, from measured time and size and the measured speed
 * of the link: the one whose time plus sending time is least. Pure: times are passed in.
 */
final class CompressorChoice {
  /** One batch in so many goes through another one, to keep the figures fresh. */
  private static final int EXPLORE_EVERY = 64;

  /** Weight of the newest batch in the averages. */
  private static final double NEWEST = 0.2;

  private static final Compressor[] CANDIDATES = {Compressor.ZSTD, Compressor.LZ4, Compressor.NONE};

  private final Compressor fixed;
  private final double[] nsPerByte = {1.5, 0.6, 0};
  private final double[] shrunkTo = {0.5, 0.65, 1};
  private double linkNsPerByte;
  private int batches;

  CompressorChoice(Compressor setting) {
    this.fixed = setting == Compressor.AUTO ? null : setting;
  }

  void linkBytesPerSecond(long bytesPerSecond) {
    linkNsPerByte = bytesPerSecond > 0 ? 1e9 / bytesPerSecond : 0;
  }

  /** For the next batch. While the speed of the link is unknown, bytes are what counts. */
  Compressor next() {
    if (fixed != null) {
      return fixed;
    }
    if (linkNsPerByte == 0) {
      return Compressor.ZSTD;
    }
    batches++;
    if (batches % EXPLORE_EVERY == 0) {
      return CANDIDATES[batches / EXPLORE_EVERY % 2];
    }
    int best = 0;
    for (int i = 1; i < CANDIDATES.length; i++) {
      if (cost(i) < cost(best)) {
        best = i;
      }
    }
    return CANDIDATES[best];
  }

  /** What trials of value modes go through. */
  Compressor inTrials() {
    return fixed == null ? Compressor.ZSTD : fixed;
  }

  private double cost(int candidate) {
    return nsPerByte[candidate] + shrunkTo[candidate] * linkNsPerByte;
  }

  /** What a batch took. */
  void measured(Compressor used, int rawBytes, int bytes, long ns) {
    for (int i = 0; i < CANDIDATES.length - 1; i++) {
      if (CANDIDATES[i] == used && rawBytes > 0) {
        nsPerByte[i] += NEWEST * ((double) ns / rawBytes - nsPerByte[i]);
        shrunkTo[i] += NEWEST * ((double) bytes / rawBytes - shrunkTo[i]);
      }
    }
  }
}
