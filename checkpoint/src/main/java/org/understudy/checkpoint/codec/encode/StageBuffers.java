package org.understudy.checkpoint.codec.encode;

import org.understudy.checkpoint.codec.format.BatchFormat;
import org.understudy.checkpoint.codec.format.Mem;
import org.understudy.checkpoint.codec.format.NativeBuffer;
import org.understudy.checkpoint.codec.format.PageClass;

/** The streams of the batch that is being filled, before any compression. */
final class StageBuffers implements AutoCloseable {
  /** One page may be written beyond the limit before the batch is closed. */
  private static final int CAPACITY = BatchFormat.MAX_BATCH_BYTES + 4 * Mem.PAGE;

  /** The data of so many batches stay behind each other, for the frame that refers to them. */
  private static final int DATA_CAPACITY = 16 * CAPACITY;

  /** All that the buffers take: streams, data of some batches, and three streams a word sink. */
  static final long BYTES =
      (long) CAPACITY * (BatchFormat.STREAMS + 3 * BatchFormat.MODES) + DATA_CAPACITY;

  private static final int PAGE_NUMBER_MAX = 5;
  private static final PageClass[] PAGE_CLASSES = PageClass.values();

  final WordSink[] sinks = new WordSink[BatchFormat.MODES];

  /** Write positions of the streams that the page coder appends to. */
  long classes;

  long positions;
  long data;
  long ops;
  long literals;

  /** Whether words are written in all modes, to find the best one. */
  boolean trial = true;

  /** Bytes of words that the trial has seen, taken back or not. */
  int trialBytes;

  int mode = BatchFormat.MODE_RAW;
  private final long memory = Mem.allocateZeroed((long) CAPACITY * BatchFormat.STREAMS);
  private final NativeBuffer[] views = new NativeBuffer[BatchFormat.STREAMS];
  private final int[] pageNumbers = new int[BatchFormat.MAX_PAGES];
  private final int[][] classBytes = new int[BatchFormat.STREAMS][PAGE_CLASSES.length];
  private final long dataMemory = Mem.allocateZeroed(DATA_CAPACITY);
  private long dataBase = dataMemory;
  private boolean keepsData;
  private int pages;
  private long pagesEnd;
  private boolean ascending;

  StageBuffers() {
    for (int i = 0; i < BatchFormat.MODES; i++) {
      sinks[i] = new WordSink(CAPACITY);
    }
    for (int i = 0; i < BatchFormat.STREAMS; i++) {
      views[i] = new NativeBuffer(base(i), CAPACITY);
    }
    views[BatchFormat.STREAM_DATA] = new NativeBuffer(dataMemory, DATA_CAPACITY);
    clear();
  }

  void clear() {
    classes = base(BatchFormat.STREAM_CLASSES);
    positions = base(BatchFormat.STREAM_POSITIONS);
    clearData();
    ops = base(BatchFormat.STREAM_OPS);
    literals = base(BatchFormat.STREAM_LITERALS);
    pagesEnd = base(BatchFormat.STREAM_PAGES);
    for (WordSink sink : sinks) {
      sink.clear();
    }
    for (int[] row : classBytes) {
      java.util.Arrays.fill(row, 0);
    }
    pages = 0;
    ascending = true;
  }

  private void clearData() {
    if (keepsData) {
      keepsData = false;
      dataBase = data;
    }
    if (dataBase + CAPACITY > dataMemory + DATA_CAPACITY) {
      dataBase = dataMemory;
    }
    data = dataBase;
  }

  /** The data of this batch stay where they are when it is cleared. */
  void keepData() {
    keepsData = true;
  }

  /** A new epoch: nobody refers to the data of the last one. */
  void beginEpoch() {
    keepsData = false;
    dataBase = dataMemory;
    clear();
  }

  private long base(int stream) {
    if (stream == BatchFormat.STREAM_DATA) {
      return dataBase;
    }
    return memory + (long) stream * CAPACITY;
  }

  int pages() {
    return pages;
  }

  boolean ascending() {
    return ascending;
  }

  /** Starts the record of a page with its class byte. */
  void page(int number, int classByte) {
    if (pages > 0 && number <= pageNumbers[pages - 1]) {
      ascending = false;
    }
    pageNumbers[pages++] = number;
    Mem.putByte(classes++, classByte);
  }

  /** The next batch begins in all modes. */
  void beginTrial() {
    trial = true;
    trialBytes = 0;
  }

  /** Remembers where the words of the next page begin. */
  void markWords() {
    for (WordSink sink : sinks) {
      sink.mark();
    }
  }

  /** Takes back the words written since the mark. */
  void dropWords() {
    for (WordSink sink : sinks) {
      sink.drop();
    }
  }

  /** Words in the current mode. */
  WordSink words() {
    return sinks[mode];
  }

  /** Notes whose bytes these are, in a stream that several classes share. */
  void count(int stream, PageClass pageClass, long bytes) {
    classBytes[stream][pageClass.ordinal()] += (int) bytes;
  }

  /** Bytes of a stream that belong to a class. */
  int counted(int stream, PageClass pageClass) {
    return classBytes[stream][pageClass.ordinal()];
  }

  /** Bytes that the batch takes when nothing shrinks. */
  int rawBytes() {
    int words = sinks[mode].bytes();
    if (trial) {
      for (WordSink sink : sinks) {
        words = Math.max(words, sink.bytes());
      }
    }
    return words
        + pages * PAGE_NUMBER_MAX
        + (int) (classes - base(BatchFormat.STREAM_CLASSES))
        + (int) (positions - base(BatchFormat.STREAM_POSITIONS))
        + (int) (data - base(BatchFormat.STREAM_DATA))
        + (int) (ops - base(BatchFormat.STREAM_OPS))
        + (int) (literals - base(BatchFormat.STREAM_LITERALS));
  }

  /** Writes the page numbers as differences; called once the batch is full. */
  void finishPages() {
    long at = base(BatchFormat.STREAM_PAGES);
    int next = 0;
    for (int i = 0; i < pages; i++) {
      int gap = pageNumbers[i] - next;
      at = Mem.putVarint(at, ascending ? gap : Mem.zigzag(gap));
      next = pageNumbers[i] + 1;
    }
    pagesEnd = at;
  }

  /** Bytes of a stream in the current mode. */
  int length(int stream) {
    long end =
        switch (stream) {
          case BatchFormat.STREAM_PAGES -> pagesEnd;
          case BatchFormat.STREAM_CLASSES -> classes;
          case BatchFormat.STREAM_POSITIONS -> positions;
          case BatchFormat.STREAM_DATA -> data;
          case BatchFormat.STREAM_OPS -> ops;
          case BatchFormat.STREAM_LITERALS -> literals;
          case BatchFormat.STREAM_WORD_MASKS -> base(stream) + sinks[mode].wordMaskBytes();
          case BatchFormat.STREAM_BYTE_MASKS -> base(stream) + sinks[mode].byteMaskBytes();
          default -> base(stream) + sinks[mode].valueBytes();
        };
    return (int) (end - base(stream));
  }

  /** View of a stream in the current mode; its bytes start at {@link #offset}. */
  NativeBuffer view(int stream) {
    return isWords(stream) ? sinks[mode].view : views[stream];
  }

  /** Offset of a stream in its view. */
  int offset(int stream) {
    if (stream == BatchFormat.STREAM_DATA) {
      return (int) (dataBase - dataMemory);
    }
    return isWords(stream) ? (stream - BatchFormat.STREAM_WORD_MASKS) * sinks[mode].capacity : 0;
  }

  static boolean isWords(int stream) {
    return stream >= BatchFormat.STREAM_WORD_MASKS && stream <= BatchFormat.STREAM_VALUES;
  }

  @Override
  public void close() {
    Mem.free(memory);
    Mem.free(dataMemory);
    for (WordSink sink : sinks) {
      sink.close();
    }
  }
}
