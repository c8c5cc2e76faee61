package org.understudy.checkpoint.codec.encode;

/** Compares pages. All implementations give equal bytes; the fastest one is picked by a probe. */
interface PageDiff {
  /** Bit i is set if the 64-byte block i differs. */
  long changedBlocks(long oldPage, long newPage);

  /** Bit i is set if block i differs; only blocks of the mask {@code among} can. */
  default long changedBlocks(long oldPage, long newPage, long among) {
    return among == -1L
        ? changedBlocks(oldPage, newPage)
        : ScalarPageDiff.changedAmong(oldPage, newPage, among);
  }

  /**
   * Writes, for each 64-byte block of the mask, a mask of its changed words; for each changed word
   * a mask of its non-zero bytes; and those bytes. What a byte is depends on the mode: the new one,
   * the XOR of both, or a byte of zigzag(new word - old word).
   */
  void putWords(long oldPage, long newPage, long blocks, WordSink sink, int mode);

  /** Name for status and benchmarks. */
  String name();
}
