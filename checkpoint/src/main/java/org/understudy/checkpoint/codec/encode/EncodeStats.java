package org.understudy.checkpoint.codec.encode;

import org.understudy.checkpoint.codec.format.PageClass;

/** Counters of an encoder since its creation or the last {@link #reset}; for one thread. */
public final class EncodeStats {
  static final PageClass[] CLASSES = PageClass.values();
  private final long[] bytes = new long[CLASSES.length];
  private final long[] pages = new long[CLASSES.length];
  long dirtyPages;
  long changedBlocks;
  long encodeNs;
  long batches;
  long alreadyTherePages;

  /** Bytes written of a class; all classes sum exactly to the bytes of all batches. */
  public long bytes(PageClass pageClass) {
    return bytes[pageClass.ordinal()];
  }

  /** Pages of a class; all classes sum to {@link #dirtyPages}. */
  public long pages(PageClass pageClass) {
    return pages[pageClass.ordinal()];
  }

  /** Bytes of all batches. */
  public long totalBytes() {
    long sum = 0;
    for (long value : bytes) {
      sum += value;
    }
    return sum;
  }

  /** Pages looked at. */
  public long dirtyPages() {
    return dirtyPages;
  }

  /** Blocks found changed (all blocks of pages that were not compared). */
  public long changedBlocks() {
    return changedBlocks;
  }

  /** Time spent encoding, in nanoseconds. */
  public long encodeNs() {
    return encodeNs;
  }

  /** Batches written. */
  public long batches() {
    return batches;
  }

  /** Pages that the backup held before anything was sent, as their hashes say. */
  public long alreadyTherePages() {
    return alreadyTherePages;
  }

  /** Starts again from zero. */
  public void reset() {
    java.util.Arrays.fill(bytes, 0);
    java.util.Arrays.fill(pages, 0);
    dirtyPages = 0;
    changedBlocks = 0;
    encodeNs = 0;
    batches = 0;
    alreadyTherePages = 0;
  }

  void addBytes(PageClass pageClass, long count) {
    bytes[pageClass.ordinal()] += count;
  }

  void addPage(PageClass pageClass) {
    pages[pageClass.ordinal()]++;
    dirtyPages++;
  }
}
