package org.understudy.checkpoint.codec.encode;

/** What whole pages and raw blocks shrank to in the last batches: what one costs in the end. */
final class DataRatio {
  /** Batches with less say nothing. */
  private static final int MIN_BYTES = 4096;

  private static final int ONE_SHIFT = 10;
  private static final int GUESS = (1 << ONE_SHIFT) * 6 / 10;
  private static final int NEWEST_SHIFT = 2;

  private int ratio = GUESS;

  /** Takes up the bytes of a batch before and after compression. */
  void measured(int raw, int packed) {
    if (raw >= MIN_BYTES) {
      ratio += (int) (((long) packed << ONE_SHIFT) / raw) - ratio >> NEWEST_SHIFT;
    }
  }

  /** What so many bytes will cost. */
  int cost(int raw) {
    return raw * ratio >>> ONE_SHIFT;
  }
}
