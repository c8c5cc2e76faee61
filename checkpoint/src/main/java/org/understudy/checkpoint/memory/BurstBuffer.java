package org.understudy.checkpoint.memory;

import org.agrona.concurrent.UnsafeBuffer;

/**
 * A buffer with a bound that is filled from its start and used again. It never moves and is never
 * refused memory; after a burst it gives back what is not needed any more. One thread.
 */
public final class BurstBuffer {
  /** Pages that are kept whatever was needed lately. */
  public static final int KEPT_BYTES = 4 << 20;

  private final ReservedMemory memory;
  private final UnsafeBuffer buffer;
  private final int limitBytes;
  private int length;
  private int highWater;
  private int touched;

  /** An empty buffer for at most so many bytes. */
  public BurstBuffer(String what, int limitBytes) {
    this.limitBytes = limitBytes;
    memory = ReservedMemory.of(what, limitBytes);
    buffer = new UnsafeBuffer(memory.buffer(), 0, limitBytes);
  }

  /** All of it; its content ends at {@link #length}. */
  public UnsafeBuffer buffer() {
    return buffer;
  }

  /** Bytes in use. */
  public int length() {
    return length;
  }

  /** Most bytes. */
  public int limitBytes() {
    return limitBytes;
  }

  /** Whether so many more bytes fit. */
  public boolean hasRoom(int bytes) {
    return bytes <= limitBytes - length;
  }

  /** So many more bytes are in use. */
  public void advance(int bytes) {
    length += bytes;
  }

  /** Empties it. */
  public void clear() {
    highWater = Math.max(length, highWater - (highWater >>> 4));
    touched = Math.max(touched, length);
    length = 0;
    if (touched > KEPT_BYTES && highWater < touched / 4) {
      shrink(Math.max(KEPT_BYTES, highWater));
    }
  }

  /** Empties it for a while: only little is kept. */
  public void rest() {
    touched = Math.max(touched, length);
    length = 0;
    highWater = 0;
    shrink(KEPT_BYTES);
  }

  private void shrink(int kept) {
    if (touched > kept) {
      memory.giveBack(kept, touched - kept);
      touched = kept;
    }
  }

  /** Empties it and gives everything back; it can be used again. */
  public void close() {
    touched = Math.max(touched, length);
    shrink(0);
    length = 0;
    highWater = 0;
  }

  /** Bytes that may be backed by pages. */
  public int touchedBytes() {
    return Math.max(touched, length);
  }
}
