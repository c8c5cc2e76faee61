package org.understudy.backup.output;

import java.util.Objects;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.understudy.checkpoint.memory.ReservedMemory;

/**
 * Output of committed epochs that may not leave yet: a bounded ring of bytes, cut by epoch. It is
 * held, released in order up to an epoch, or discarded, never dropped in silence. One thread; no
 * allocation after construction.
 */
public final class HeldOutput {
  /** Takes released pieces in the order in which they were held. */
  @FunctionalInterface
  public interface Consumer {
    /** One piece as it was held. */
    void onReleased(long epoch, DirectBuffer buffer, int offset, int length);
  }

  private final ReservedMemory memory;
  private final UnsafeBuffer bytes;
  private final int capacity;
  private final int mask;
  private final long[] epochs;
  private final long[] positions;
  private final int[] lengths;

  private long first;
  private long next;
  private long head;
  private long tail;

  /**
   * Nothing held.
   *
   * @param capacityBytes room for output
   * @param maxPieces room for pieces, a power of two
   */
  public HeldOutput(int capacityBytes, int maxPieces) {
    if (maxPieces <= 0 || Integer.bitCount(maxPieces) != 1) {
      throw new IllegalArgumentException(
          "held output of " + maxPieces + " pieces: must be a power of two");
    }
    capacity = capacityBytes;
    mask = maxPieces - 1;
    memory = ReservedMemory.of("held output", capacityBytes);
    bytes = new UnsafeBuffer(memory.buffer(0, capacityBytes));
    epochs = new long[maxPieces];
    positions = new long[maxPieces];
    lengths = new int[maxPieces];
  }

  /** Whether a piece of so many bytes can be held now. */
  public boolean hasRoom(int length) {
    long position = positionFor(length);
    long oldest = next == first ? position : tail; // empty: no gap to keep, all of it is free
    return next - first <= mask && position + length - oldest <= capacity;
  }

  /** A piece never crosses the ring's end. */
  private long positionFor(int length) {
    long rest = capacity - head % capacity;
    return length <= rest ? head : head + rest;
  }

  /** Holds a copy of one piece of an epoch's output; false if there is no room. */
  public boolean hold(long epoch, DirectBuffer buffer, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, buffer.capacity());
    if (next > first && epochs[(int) (next - 1) & mask] > epoch) {
      throw new IllegalArgumentException("output of epoch " + epoch + " comes after a later one");
    }
    if (!hasRoom(length)) {
      return false;
    }
    long position = positionFor(length);
    if (next == first) {
      tail = position;
    }
    bytes.putBytes((int) (position % capacity), buffer, offset, length);
    int slot = (int) next++ & mask;
    epochs[slot] = epoch;
    positions[slot] = position;
    lengths[slot] = length;
    head = position + length;
    return true;
  }

  /** Releases everything of epochs up to this one; returns the number of pieces. */
  public int release(long epoch, Consumer consumer) {
    int released = 0;
    while (first < next && epochs[(int) first & mask] <= epoch) {
      int slot = (int) first & mask;
      consumer.onReleased(epochs[slot], bytes, (int) (positions[slot] % capacity), lengths[slot]);
      tail = positions[slot] + lengths[slot];
      first++;
      released++;
    }
    return released;
  }

  /** Drops output of epochs after this one; returns the number of pieces. */
  public int discardAfter(long epoch) {
    int dropped = 0;
    while (next > first && epochs[(int) (next - 1) & mask] > epoch) {
      next--;
      head = positions[(int) next & mask];
      dropped++;
    }
    return dropped;
  }

  /** Drops everything, and gives its pages back. */
  public void discard() {
    memory.giveBack();
    first = next;
    tail = head;
  }

  /** Bytes in use, gaps at the ring's end included. */
  public long heldBytes() {
    return head - tail;
  }

  /** Pieces held. */
  public long pieces() {
    return next - first;
  }
}
