package org.understudy.primary.agent;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.understudy.checkpoint.guest.Guest;
import org.understudy.checkpoint.guest.InputKind;

/**
 * Inputs that were received but found the guest's queue full; nothing overtakes them. Bounded by
 * the backup's input log: it holds every input until its epoch is committed, and refuses clients
 * when it is full.
 */
final class InputBacklog {
  private static final int HEADER_BYTES = 32;

  private final MessageQueue ring;
  private final UnsafeBuffer header = new UnsafeBuffer(new byte[HEADER_BYTES]);
  private final MutableDirectBuffer scratch = new org.agrona.ExpandableArrayBuffer(4096);
  private final MessageQueue.Consumer offer = this::offer;
  private Guest target;
  private int count;

  InputBacklog(int limitBytes) {
    ring = new MessageQueue("inputs that wait", limitBytes);
  }

  boolean isEmpty() {
    return count == 0;
  }

  int count() {
    return count;
  }

  /** False if the peer sends more than it may have logged. */
  boolean add(
      long sequence,
      long stampNs,
      InputKind kind,
      long sessionId,
      DirectBuffer bytes,
      int offset,
      int length) {
    header.putLong(0, sequence);
    header.putLong(8, stampNs);
    header.putLong(16, sessionId);
    header.putInt(24, kind.code());
    scratch.putBytes(0, header, 0, HEADER_BYTES);
    scratch.putBytes(HEADER_BYTES, bytes, offset, length);
    if (!ring.append(scratch, 0, HEADER_BYTES + length)) {
      return false;
    }
    count++;
    return true;
  }

  /** Offers what waits, in order; returns how many the guest took. */
  int drainTo(Guest guest) {
    if (count == 0) {
      return 0;
    }
    target = guest;
    int before = count;
    ring.consume(offer);
    return before - count;
  }

  private boolean offer(DirectBuffer buffer, int offset, int length) {
    boolean taken =
        target.offerInput(
            buffer.getLong(offset),
            buffer.getLong(offset + 8),
            InputKind.of(buffer.getInt(offset + 24)),
            buffer.getLong(offset + 16),
            buffer,
            offset + HEADER_BYTES,
            length - HEADER_BYTES);
    if (taken) {
      count--;
    }
    return taken;
  }

  void clear() {
    ring.clear();
    count = 0;
  }
}
