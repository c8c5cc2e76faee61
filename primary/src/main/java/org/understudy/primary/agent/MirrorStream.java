package org.understudy.primary.agent;

import java.util.concurrent.atomic.LongAdder;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.ControlledMessageHandler;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;
import org.understudy.checkpoint.memory.ReservedMemory;
import org.understudy.protocol.codecs.InputKind;
import org.understudy.protocol.wire.MessageSender;
import org.understudy.protocol.wire.SendStatus;

/**
 * Copies of inputs that reached the guest here, on their way to the backup: best effort, so nothing
 * is kept for a resume, and whoever offers one is never held up.
 */
final class MirrorStream {
  private static final int RING_BYTES = 4 << 20;

  /** Most memory that it takes. */
  static final int CAPACITY_BYTES = RING_BYTES + RingBufferDescriptor.TRAILER_LENGTH;

  private static final int HEADER_BYTES = 24;
  private static final int STAMP = 8;
  private static final int SESSION = 16;
  private static final int TYPE = 1;
  private static final int MESSAGES_PER_CYCLE = 4096;

  private final ManyToOneRingBuffer ring =
      new ManyToOneRingBuffer(
          new UnsafeBuffer(
              ReservedMemory.of("mirrored inputs", CAPACITY_BYTES).buffer(0, CAPACITY_BYTES)));
  private final LongAdder dropped = new LongAdder();
  private final ControlledMessageHandler toLink = this::send;
  private final ControlledMessageHandler toNobody = this::drop;
  private MessageSender sender;
  private volatile boolean linked;
  private volatile long sent;

  /** On any thread; false if it is dropped. */
  boolean offer(
      long sequence, long stampNs, long sessionId, DirectBuffer buffer, int offset, int length) {
    int index =
        linked && HEADER_BYTES + length <= ring.maxMsgLength()
            ? ring.tryClaim(TYPE, HEADER_BYTES + length)
            : -1;
    if (index < 0) {
      dropped.increment();
      return false;
    }
    MutableDirectBuffer target = ring.buffer();
    target.putLong(index, sequence);
    target.putLong(index + STAMP, stampNs);
    target.putLong(index + SESSION, sessionId);
    target.putBytes(index + HEADER_BYTES, buffer, offset, length);
    ring.commit(index);
    return true;
  }

  /**
   * On the agent's thread: sends what waits.
   *
   * @param isLinked there is a link session; else what waits is dropped
   * @param maySend messages of this kind may go out now
   */
  int work(MessageSender to, boolean isLinked, boolean maySend) {
    if (linked != isLinked) {
      linked = isLinked;
    }
    if (!isLinked) {
      return ring.controlledRead(toNobody, MESSAGES_PER_CYCLE);
    }
    sender = to;
    return maySend ? ring.controlledRead(toLink, MESSAGES_PER_CYCLE) : 0;
  }

  private ControlledMessageHandler.Action send(
      int type, MutableDirectBuffer buffer, int index, int length) {
    SendStatus status =
        sender.mirroredInput(
            buffer.getLong(index),
            buffer.getLong(index + STAMP),
            InputKind.FRAME,
            buffer.getLong(index + SESSION),
            buffer,
            index + HEADER_BYTES,
            length - HEADER_BYTES);
    if (status == SendStatus.BACK_PRESSURED) {
      return ControlledMessageHandler.Action.ABORT;
    }
    if (status.sent()) {
      sent = sent + 1;
    } else {
      dropped.increment();
    }
    return ControlledMessageHandler.Action.CONTINUE;
  }

  private ControlledMessageHandler.Action drop(
      int type, MutableDirectBuffer buffer, int index, int length) {
    dropped.increment();
    return ControlledMessageHandler.Action.CONTINUE;
  }

  /** Copies that went out. */
  long sent() {
    return sent;
  }

  /** Copies that did not. */
  long dropped() {
    return dropped.sum();
  }
}
