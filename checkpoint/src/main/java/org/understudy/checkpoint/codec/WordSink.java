package org.understudy.checkpoint.codec;

/** Where the word coder writes: three addresses that move forward. */
final class WordSink implements AutoCloseable {
  long wordMasks;
  long byteMasks;
  long values;
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
