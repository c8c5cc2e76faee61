package org.understudy.checkpoint.codec.encode;

import org.understudy.checkpoint.codec.format.BatchFormat;
import org.understudy.checkpoint.codec.format.Mem;
import org.understudy.checkpoint.codec.format.ZstdNative;

/**
 * Whether pages of some kind take fewer bytes in another form than by words: from time to time some
 * of them are compressed both ways. What a page costs alone, and before compression, misleads: new
 * objects on a heap look like those on other pages, so that whole pages shrink better than what
 * differs; copies of a shifted page shrink less than what they replace.
 */
final class FormChoice implements AutoCloseable {
  /** Pages of a trial, and pages until the next one: twice as many after each that agreed. */
  private static final int TRIAL_PAGES = 24;

  private static final int MIN_PAUSE_PAGES = 512;
  private static final int MAX_PAUSE_PAGES = 2048;
  private static final int CAPACITY = TRIAL_PAGES * Mem.PAGE;

  private final long zstd = ZstdNative.newCompressor(0, 0);
  private final long first = Mem.allocateZeroed(CAPACITY);
  private final long second = Mem.allocateZeroed(CAPACITY);
  private final WordSink words = new WordSink(CAPACITY + BatchFormat.SLACK);
  private final long packed = Mem.allocateZeroed(2L * CAPACITY);
  private int firstBytes;
  private int secondBytes;
  private int mode;
  private int tried;
  private int pause;
  private int lastPause;
  private boolean other;

  FormChoice(boolean other) {
    this.other = other;
  }

  /** Whether the other form is the better one, as far as known. */
  boolean other() {
    return other;
  }

  /** Whether the next page is to be tried in both forms. */
  boolean isTrial() {
    if (pause > 0) {
      pause--;
      return false;
    }
    return true;
  }

  /**
   * Takes up one page in both forms.
   *
   * @param from bytes of the other form
   * @param moreFrom bytes of it that go into another stream
   * @param written holds the words of the page behind its mark
   */
  void add(long from, int bytes, long moreFrom, int moreBytes, WordSink written, int valueMode) {
    if (valueMode != mode) {
      restart(valueMode);
    }
    Mem.copy(from, first + firstBytes, bytes);
    Mem.copy(moreFrom, second + secondBytes, moreBytes);
    firstBytes += bytes;
    secondBytes += moreBytes;
    words.appendMarked(written);
    if (++tried == TRIAL_PAGES) {
      decide(packedBytes(first, firstBytes) + packedBytes(second, secondBytes) < packedWords());
      restart(valueMode);
    }
  }

  private void decide(boolean verdict) {
    boolean agrees = verdict == other;
    lastPause =
        agrees && lastPause > 0 ? Math.min(2 * lastPause, MAX_PAUSE_PAGES) : MIN_PAUSE_PAGES;
    pause = lastPause;
    other = verdict;
  }

  private void restart(int valueMode) {
    mode = valueMode;
    tried = 0;
    firstBytes = 0;
    secondBytes = 0;
    words.clear();
  }

  private int packedWords() {
    return packedBytes(words.wordMaskBase, words.wordMaskBytes())
        + packedBytes(words.byteMaskBase, words.byteMaskBytes())
        + packedBytes(words.valueBase, words.valueBytes());
  }

  private int packedBytes(long from, int length) {
    int bytes = ZstdNative.compress(zstd, packed, 2 * CAPACITY, from, length);
    return bytes < 0 ? length : Math.min(bytes, length);
  }

  @Override
  public void close() {
    ZstdNative.freeCompressor(zstd);
    Mem.free(first);
    Mem.free(second);
    Mem.free(packed);
    words.close();
  }
}
