package org.understudy.backup.log;

import java.util.Objects;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.understudy.checkpoint.guest.InputKind;
import org.understudy.checkpoint.memory.MemoryBound;
import org.understudy.checkpoint.memory.ReservedMemory;

/**
 * The backup's log of inputs: a bounded ring of bytes off the heap with a bounded index. Inputs are
 * numbered without a gap, appended in one order, trimmed at commit and never dropped: when it is
 * full, {@link #append} refuses and the front stops reading. One thread; no allocation after
 * construction.
 */
public final class InputLog {
  /** Takes inputs in order. */
  @FunctionalInterface
  public interface Consumer {
    /** One input; false: not now, stop here. */
    boolean onInput(
        long sequence,
        long stampNs,
        InputKind kind,
        long sessionId,
        DirectBuffer buffer,
        int offset,
        int length);
  }

  /** Most bytes of a log: an index into a buffer is an int. */
  public static final int MAX_BYTES = 1 << 30;

  /** What one input takes in the index. */
  private static final long INDEX_BYTES = 3 * Long.BYTES + Integer.BYTES + 1;

  private final ReservedMemory memory;
  private final UnsafeBuffer bytes;
  private final int capacity;
  private final int indexMask;
  private final long[] stamps;
  private final long[] sessions;
  private final byte[] kinds;
  private final int[] lengths;

  /** Position of the first byte in an endless stream; the offset is its rest by the capacity. */
  private final long[] positions;

  private long base;
  private long first = 1;
  private long next = 1;
  private long head;
  private long tail;
  private long refused;

  /**
   * An empty log whose first input will be number 1.
   *
   * @param capacityBytes room for payload, at most {@link #MAX_BYTES}
   * @param maxInputs room for inputs, a power of two
   */
  public InputLog(int capacityBytes, int maxInputs) {
    if (capacityBytes <= 0 || capacityBytes > MAX_BYTES) {
      throw new IllegalArgumentException(
          "input log of " + capacityBytes + " bytes: must be 1 to " + MAX_BYTES);
    }
    if (maxInputs <= 0 || Integer.bitCount(maxInputs) != 1) {
      throw new IllegalArgumentException(
          "input log for " + maxInputs + " inputs: must be a power of two");
    }
    capacity = capacityBytes;
    memory = ReservedMemory.of("the input log", capacityBytes);
    bytes = new UnsafeBuffer(memory.buffer(0, capacityBytes));
    indexMask = maxInputs - 1;
    stamps = new long[maxInputs];
    sessions = new long[maxInputs];
    kinds = new byte[maxInputs];
    lengths = new int[maxInputs];
    positions = new long[maxInputs];
  }

  /** Most heap that the index of a log takes. */
  public static MemoryBound heapCeilingBytes(int maxInputs) {
    return MemoryBound.ofHeap("index of the input log", "", INDEX_BYTES * maxInputs);
  }

  /** Empties the log and gives its pages back; the next input is the one after this. */
  public void restartAfter(long sequence) {
    memory.giveBack();
    base = sequence;
    first = sequence + 1;
    next = first;
    tail = head;
  }

  /**
   * Appends the next input and returns its number, or 0 if there is no room: the caller keeps it
   * and offers it again, nothing may overtake it.
   */
  public long append(
      long stampNs, InputKind kind, long sessionId, DirectBuffer buffer, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, buffer.capacity());
    long position = placeFor(length);
    if (count() == 0) {
      tail = position; // no gap to keep: the whole ring is free
    }
    if (count() > indexMask || position + length - tail > capacity) {
      refused++;
      return 0;
    }
    int slot = (int) next & indexMask;
    bytes.putBytes((int) (position % capacity), buffer, offset, length);
    stamps[slot] = stampNs;
    kinds[slot] = (byte) kind.code();
    sessions[slot] = sessionId;
    lengths[slot] = length;
    positions[slot] = position;
    head = position + length;
    return next++;
  }

  /** Inputs are contiguous: one that would wrap starts at the ring's beginning. */
  private long placeFor(int length) {
    long rest = capacity - head % capacity;
    return length <= rest ? head : head + rest;
  }

  /**
   * Gives inputs after {@code afterSequence} to the consumer until it refuses or there are none.
   *
   * @return the last input that was taken, {@code afterSequence} if none
   */
  public long forEachAfter(long afterSequence, Consumer consumer) {
    long sequence = Math.max(afterSequence + 1, first);
    if (sequence != afterSequence + 1 && sequence < next) {
      throw new IllegalArgumentException(
          "input " + (afterSequence + 1) + " is not in the log any more, its first is " + first);
    }
    long taken = afterSequence;
    for (; sequence < next; sequence++) {
      int slot = (int) sequence & indexMask;
      int offset = (int) (positions[slot] % capacity);
      InputKind kind = InputKind.of(kinds[slot]);
      if (!consumer.onInput(
          sequence, stamps[slot], kind, sessions[slot], bytes, offset, lengths[slot])) {
        break;
      }
      taken = sequence;
    }
    return taken;
  }

  /**
   * After which input to replay on an image at this position. Inputs that a primary received before
   * this log began, and dropped when the backup before was lost, are in neither of them.
   */
  public long replayAfter(long inputPosition) {
    return Math.max(inputPosition, base);
  }

  /** Inputs up to this one are part of a committed epoch. */
  public void trim(long sequence) {
    if (sequence >= next) {
      throw new IllegalArgumentException(
          "commit covers input " + sequence + ", the last one logged is " + lastSequence());
    }
    if (sequence >= first) {
      first = sequence + 1;
      tail = first < next ? positions[(int) first & indexMask] : head;
    }
  }

  /** Inputs in the log. */
  public long count() {
    return next - first;
  }

  /** Number of the last input that was logged, 0 if none ever was. */
  public long lastSequence() {
    return next - 1;
  }

  /** Number of the oldest input that is kept. */
  public long firstSequence() {
    return first;
  }

  /** Bytes in use, gaps at the ring's end included. */
  public long usedBytes() {
    return head - tail;
  }

  /** How full the fuller of ring and index is, 0 to 100. */
  public int percentFull() {
    long ofBytes = usedBytes() * 100 / capacity;
    return (int) Math.max(ofBytes, count() * 100 / (indexMask + 1));
  }

  /** Appends that were refused for lack of room. */
  public long refused() {
    return refused;
  }
}
