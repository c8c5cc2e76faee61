package org.understudy.service.guest;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.ControlledMessageHandler;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;
import org.understudy.checkpoint.guest.InputKind;
import org.understudy.checkpoint.memory.ReservedMemory;

/** Inputs of the backup's log on their way from the agent to the guest's thread: one of each. */
final class InputRing {
  private static final int SEQUENCE = 0;
  private static final int STAMP = 8;
  private static final int SESSION = 16;
  private static final int HEADER_BYTES = 24;

  /** Takes one input; the bytes are valid during the call. */
  interface Handler {
    /** False if the input must come again later. */
    boolean onInput(
        long sequence,
        long stampNs,
        InputKind kind,
        long sessionId,
        DirectBuffer buffer,
        int offset,
        int length);
  }

  private static final VarHandle OFFERED;
  private static final VarHandle TAKEN;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      OFFERED = lookup.findVarHandle(InputRing.class, "offered", long.class);
      TAKEN = lookup.findVarHandle(InputRing.class, "taken", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final OneToOneRingBuffer ring;
  private final ControlledMessageHandler onMessage = this::onMessage;
  private Handler handler;
  private volatile long offered;
  private volatile long taken;

  InputRing(int bytes) {
    int size = bytes + RingBufferDescriptor.TRAILER_LENGTH;
    ring =
        new OneToOneRingBuffer(new UnsafeBuffer(ReservedMemory.of("inputs", size).buffer(0, size)));
  }

  /** Copies an input in; false when there is no room. */
  boolean offer(
      long sequence,
      long stampNs,
      InputKind kind,
      long sessionId,
      DirectBuffer bytes,
      int offset,
      int length) {
    if (HEADER_BYTES + length > ring.maxMsgLength()) {
      throw new IllegalArgumentException(
          "input "
              + sequence
              + " of "
              + length
              + " bytes does not fit the input queue of "
              + ring.capacity()
              + " bytes; it takes up to "
              + (ring.maxMsgLength() - HEADER_BYTES));
    }
    int index = ring.tryClaim(kind.code(), HEADER_BYTES + length);
    if (index < 0) {
      return false;
    }
    MutableDirectBuffer buffer = ring.buffer();
    buffer.putLong(index + SEQUENCE, sequence, ByteOrder.LITTLE_ENDIAN);
    buffer.putLong(index + STAMP, stampNs, ByteOrder.LITTLE_ENDIAN);
    buffer.putLong(index + SESSION, sessionId, ByteOrder.LITTLE_ENDIAN);
    if (length > 0) {
      buffer.putBytes(index + HEADER_BYTES, bytes, offset, length);
    }
    ring.commit(index);
    OFFERED.setRelease(this, offered + 1);
    return true;
  }

  /** Inputs offered so far; each of them is there. */
  long offered() {
    return offered;
  }

  /** Like {@link #poll}, but takes none beyond this number, counted as {@link #offered} counts. */
  int pollUpTo(Handler to, int limit, long number) {
    int most = (int) Math.min(limit, number - taken);
    return most > 0 ? poll(to, most) : 0;
  }

  /** Hands over up to so many inputs, until one is refused; returns those taken. */
  int poll(Handler to, int limit) {
    handler = to;
    return ring.controlledRead(onMessage, limit);
  }

  private ControlledMessageHandler.Action onMessage(
      int code, MutableDirectBuffer buffer, int index, int length) {
    boolean accepted =
        handler.onInput(
            buffer.getLong(index + SEQUENCE, ByteOrder.LITTLE_ENDIAN),
            buffer.getLong(index + STAMP, ByteOrder.LITTLE_ENDIAN),
            InputKind.of(code),
            buffer.getLong(index + SESSION, ByteOrder.LITTLE_ENDIAN),
            buffer,
            index + HEADER_BYTES,
            length - HEADER_BYTES);
    // Each input is given back at once: the producer may be waiting for its room.
    if (!accepted) {
      return ControlledMessageHandler.Action.ABORT;
    }
    TAKEN.setRelease(this, taken + 1);
    return ControlledMessageHandler.Action.COMMIT;
  }

  boolean isEmpty() {
    return ring.consumerPosition() == ring.producerPosition();
  }

  long producerPosition() {
    return ring.producerPosition();
  }

  long consumerPosition() {
    return ring.consumerPosition();
  }

  /** Inputs that wait, counted by their records. */
  int queued() {
    return (int) (offered - taken);
  }

  int usedPercent() {
    return (int) (100L * ring.size() / ring.capacity());
  }
}
