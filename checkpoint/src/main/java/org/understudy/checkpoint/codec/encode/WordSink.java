package org.understudy.checkpoint.codec.encode;

import org.understudy.checkpoint.codec.format.Mem;
import org.understudy.checkpoint.codec.format.NativeBuffer;

/** Where the word coder writes: three addresses that move forward. */
final class WordSink implements AutoCloseable {
  long wordMasks;
  long byteMasks;
  long values;
  private long markedWordMasks;
  private long markedByteMasks;
  private long markedValues;
  final int capacity;
  final long wordMaskBase;
  final long byteMaskBase;
  final long valueBase;

  /** All three, one after the other, {@code capacity} bytes each. */
  final NativeBuffer view;

  WordSink(int capacity) {
    this.capacity = capacity;
    wordMaskBase = Mem.allocateZeroed(3L * capacity);
    byteMaskBase = wordMaskBase + capacity;
    valueBase = byteMaskBase + capacity;
    view = new NativeBuffer(wordMaskBase, 3 * capacity);
    clear();
  }

  void clear() {
    wordMasks = wordMaskBase;
    byteMasks = byteMaskBase;
    values = valueBase;
  }

  /** Remembers where the next page begins. */
  void mark() {
    markedWordMasks = wordMasks;
    markedByteMasks = byteMasks;
    markedValues = values;
  }

  /** Takes back what was written behind the mark. */
  void drop() {
    wordMasks = markedWordMasks;
    byteMasks = markedByteMasks;
    values = markedValues;
  }

  int markedBytes() {
    return (int) (wordMasks - markedWordMasks + byteMasks - markedByteMasks) + markedValueBytes();
  }

  int markedValueBytes() {
    return (int) (values - markedValues);
  }

  /** Appends what another sink has behind its mark. */
  void appendMarked(WordSink from) {
    wordMasks = append(from.markedWordMasks, from.wordMasks, wordMasks);
    byteMasks = append(from.markedByteMasks, from.byteMasks, byteMasks);
    values = append(from.markedValues, from.values, values);
  }

  private static long append(long from, long end, long to) {
    Mem.copy(from, to, end - from);
    return to + end - from;
  }

  int wordMaskBytes() {
    return (int) (wordMasks - wordMaskBase);
  }

  int byteMaskBytes() {
    return (int) (byteMasks - byteMaskBase);
  }

  int valueBytes() {
    return (int) (values - valueBase);
  }

  int bytes() {
    return wordMaskBytes() + byteMaskBytes() + valueBytes();
  }

  @Override
  public void close() {
    Mem.free(wordMaskBase);
  }
}
