package org.understudy.primary.agent;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.understudy.checkpoint.memory.ReservedMemory;

/**
 * Messages in a ring off the heap that is reserved at the start; its pages come with what waits,
 * and go when nothing waits any more. One thread.
 */
final class MessageQueue {
  private static final int LENGTH_BYTES = Integer.BYTES;
  private static final int ALIGNMENT = 8;

  /** In place of a length: the next message is at the ring's beginning. */
  private static final int WRAP = -1;

  /** An empty queue gives its pages back if it touched more than this. */
  private static final int KEPT_BYTES = 1 << 20;

  private final ReservedMemory memory;
  private final UnsafeBuffer bytes;
  private final int capacity;
  private long head;
  private long tail;
  private int touched;

  /** Takes one message; false: not now, stop here. */
  @FunctionalInterface
  interface Consumer {
    boolean onMessage(DirectBuffer buffer, int offset, int length);
  }

  MessageQueue(String what, int limitBytes) {
    capacity = limitBytes & -ALIGNMENT;
    memory = ReservedMemory.of(what, capacity);
    bytes = new UnsafeBuffer(memory.buffer(), 0, capacity);
  }

  /** Adds a copy of a message; false if there is no room for it. */
  boolean append(DirectBuffer source, int offset, int length) {
    int needed = (LENGTH_BYTES + length + ALIGNMENT - 1) & -ALIGNMENT;
    int rest = capacity - (int) (head % capacity);
    boolean wraps = rest < needed;
    long end = head + (wraps ? rest : 0) + needed;
    if (end - tail > capacity) {
      return false;
    }
    if (wraps) {
      bytes.putInt((int) (head % capacity), WRAP);
      head += rest;
    }
    int at = (int) (head % capacity);
    bytes.putInt(at, length);
    bytes.putBytes(at + LENGTH_BYTES, source, offset, length);
    touched = Math.max(touched, at + needed);
    head = end;
    return true;
  }

  /** Gives messages in their order until one is not taken. */
  void consume(Consumer consumer) {
    while (tail < head) {
      int at = (int) (tail % capacity);
      int length = bytes.getInt(at);
      if (length == WRAP) {
        tail += capacity - at;
        continue;
      }
      if (!consumer.onMessage(bytes, at + LENGTH_BYTES, length)) {
        return;
      }
      tail += (LENGTH_BYTES + length + ALIGNMENT - 1) & -ALIGNMENT;
    }
    clear();
  }

  /** Drops everything. */
  void clear() {
    head = 0;
    tail = 0;
    if (touched > KEPT_BYTES) {
      memory.giveBack(0, touched);
      touched = 0;
    }
  }
}
