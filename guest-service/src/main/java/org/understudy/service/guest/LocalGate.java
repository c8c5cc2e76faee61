package org.understudy.service.guest;

import java.util.ArrayDeque;
import org.agrona.DirectBuffer;
import org.understudy.checkpoint.guest.ClientFront;
import org.understudy.checkpoint.guest.OutputGate;
import org.understudy.checkpoint.guest.OutputRecords;

/**
 * Output for sessions of this node's own front, held until its epoch is committed. Orders may come
 * from any thread, but {@link #close} and {@link #cut} belong to the capture and come on the
 * guest's thread, inside {@code GuestHost.captured}; output moves on the guest's thread alone.
 */
final class LocalGate implements OutputGate {
  private static final long NOTHING = -1;

  private final ClientFront front;
  private final ArrayDeque<OutputBuffer> held = new ArrayDeque<>();
  private final ArrayDeque<OutputBuffer> free = new ArrayDeque<>();
  private final OutputRecords.Consumer toFront = this::send;
  private final int bufferBytes;
  private OutputBuffer current;
  private long heldBytes;
  private volatile boolean closed;
  private volatile boolean discarded;
  private volatile long released = NOTHING;

  /**
   * A gate that is open.
   *
   * @param front where output goes; null if this node has none
   * @param bufferBytes most output of one epoch
   */
  LocalGate(ClientFront front, int bufferBytes) {
    this.front = front;
    this.bufferBytes = bufferBytes;
    current = new OutputBuffer(bufferBytes);
  }

  @Override
  public void close() {
    released = NOTHING;
    closed = true;
  }

  @Override
  public void cut(long epoch) {
    if (current.length() == 0) {
      return;
    }
    current.epoch(epoch);
    heldBytes += current.length();
    held.add(current);
    OutputBuffer next = free.poll();
    current = next == null ? new OutputBuffer(bufferBytes) : next;
  }

  @Override
  public void release(long epoch) {
    released = epoch;
  }

  @Override
  public void open() {
    closed = false;
  }

  @Override
  public void discard() {
    discarded = true;
  }

  /** Where output of the running epoch goes. */
  OutputBuffer current() {
    return current;
  }

  /** Bytes that wait for a commit. */
  long waitingBytes() {
    return closed ? heldBytes + current.length() : 0;
  }

  /** Bytes of the running epoch that wait for its commit. */
  int currentBytes() {
    return closed ? current.length() : 0;
  }

  /** Passes to the front what may leave; returns whether anything did. */
  boolean drain() {
    boolean any = false;
    while (!held.isEmpty() && mayLeave(held.peek())) {
      OutputBuffer buffer = held.poll();
      heldBytes -= buffer.length();
      pass(buffer);
      buffer.rest();
      free.add(buffer);
      any = true;
    }
    if (current.length() > 0 && (!closed || discarded)) {
      pass(current);
      any = true;
    }
    return any;
  }

  private boolean mayLeave(OutputBuffer buffer) {
    return !closed || discarded || buffer.epoch() <= released;
  }

  private void pass(OutputBuffer buffer) {
    if (!discarded) {
      OutputRecords.forEach(buffer.buffer(), 0, buffer.length(), toFront);
    }
    buffer.clear();
  }

  private void send(long sessionId, DirectBuffer buffer, int offset, int length) {
    if (discarded) {
      return;
    }
    if (length == OutputRecords.CLOSE) {
      front.closeSession(sessionId);
    } else {
      front.send(sessionId, buffer, offset, length);
    }
  }

  /** Gives back memory; on the guest's thread, or after its end. */
  void free() {
    held.forEach(OutputBuffer::close);
    free.forEach(OutputBuffer::close);
    current.close();
  }
}
