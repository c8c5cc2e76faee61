package org.understudy.checkpoint.codec.encode;

/** Compares pages. All implementations give equal bytes; the fastest one is picked by a probe. */
interface PageDiff {
  /** Bit i is set if the 64-byte block i differs. */
  long changedBlocks(long oldPage, long newPage);

  /** The same where only the blocks of the mask {@code among} can differ. */
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
