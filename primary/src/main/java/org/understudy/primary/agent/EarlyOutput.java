package org.understudy.primary.agent;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;
import org.understudy.checkpoint.guest.OutputRecords;
import org.understudy.checkpoint.memory.ReservedMemory;
import org.understudy.primary.ship.RetainedLog;
import org.understudy.protocol.codecs.MessageHeaderEncoder;
import org.understudy.protocol.codecs.SessionOutputEncoder;
import org.understudy.protocol.wire.MessageSender;

/**
 * Output that does not wait for a checkpoint ({@code llm}): from the guest's thread through a ring
 * to the agent, which numbers it and keeps it until the backup has stored it, for a resume.
 */
final class EarlyOutput {
  private static final int RING_BYTES = 8 << 20;
  private static final int CAPACITY_BYTES = RING_BYTES + RingBufferDescriptor.TRAILER_LENGTH;
  private static final int PIECE_BYTES = 128 * 1024;
  private static final int HEADER_BYTES = 16;
  private static final int TYPE = 1;
  private static final long RETAINED_BYTES = 64L << 20;
  private static final int MESSAGE_OVERHEAD =
      MessageHeaderEncoder.ENCODED_LENGTH + SessionOutputEncoder.BLOCK_LENGTH + Integer.BYTES;

  /** Most memory that it takes. */
  static final long CEILING_BYTES = CAPACITY_BYTES + RETAINED_BYTES;

  private final OneToOneRingBuffer ring =
      new OneToOneRingBuffer(
          new UnsafeBuffer(
              ReservedMemory.of("output that goes ahead", CAPACITY_BYTES)
                  .buffer(0, CAPACITY_BYTES)));
  private final RetainedLog log = new RetainedLog(RETAINED_BYTES);
  private final MessageHeaderEncoder header = new MessageHeaderEncoder();
  private final SessionOutputEncoder encoder = new SessionOutputEncoder();
  private final org.agrona.concurrent.MessageHandler toLog = this::append;
  private final long[] endPositions = new long[1 << 16];
  private int offered;
  private int restartsSeen;
  private volatile int restarts;
  private boolean drained;
  private long sequence;
  private long acked;

  /** On the guest's thread: all of it, or what did not fit is offered again by the guest. */
  boolean offer(long sessionId, DirectBuffer buffer, int offset, int length, long afterInput) {
    if (length == OutputRecords.CLOSE) {
      return claim(sessionId, buffer, offset, 0, afterInput);
    }
    if (restartsSeen != restarts) {
      // What was offered in part belonged to the copy before.
      restartsSeen = restarts;
      offered = 0;
    }
    while (offered < length) {
      int piece = Math.min(PIECE_BYTES, length - offered);
      if (!claim(sessionId, buffer, offset + offered, piece, afterInput)) {
        return false;
      }
      offered += piece;
    }
    offered = 0;
    return true;
  }

  private boolean claim(
      long sessionId, DirectBuffer buffer, int offset, int length, long afterInput) {
    int index = ring.tryClaim(TYPE, HEADER_BYTES + length);
    if (index < 0) {
      return false;
    }
    MutableDirectBuffer target = ring.buffer();
    target.putLong(index, sessionId);
    target.putLong(index + Long.BYTES, afterInput);
    target.putBytes(index + HEADER_BYTES, buffer, offset, length);
    ring.commit(index);
    return true;
  }

  /** On the agent's thread: moves what fits to the log and sends. */
  int work(MessageSender sender, boolean linked) {
    int work = 0;
    int empty = 0; // a read that only skips the padding at the ring's end gives nothing either
    while (empty < 2 && hasRoom()) {
      int read = ring.read(toLog, 1);
      empty = read == 0 ? empty + 1 : 0;
      work += read;
    }
    drained = empty == 2;
    return linked && log.send(sender, RING_BYTES) > 0 ? work + 1 : work;
  }

  /**
   * Whether everything offered before the last {@link #work} is sent. A checkpoint must not
   * overtake output that it covers: after its commit no replay would make that output again.
   */
  boolean isSent() {
    return drained && log.isSent();
  }

  private boolean hasRoom() {
    return sequence - acked < endPositions.length - 1
        && log.reserve(MESSAGE_OVERHEAD + PIECE_BYTES);
  }

  private void append(int type, MutableDirectBuffer buffer, int index, int length) {
    int data = length - HEADER_BYTES;
    UnsafeBuffer target = log.buffer();
    int at = log.offset();
    encoder
        .wrapAndApplyHeader(target, at, header)
        .generation(0)
        .linkSession(0)
        .sequence(++sequence)
        .sessionId(buffer.getLong(index))
        .afterInput(buffer.getLong(index + Long.BYTES))
        .putData(buffer, index + HEADER_BYTES, data);
    log.commit(MESSAGE_OVERHEAD + data);
    endPositions[(int) (sequence % endPositions.length)] = log.appendPosition();
  }

  void onAck(long upTo) {
    if (upTo > acked && upTo <= sequence) {
      acked = upTo;
      log.trim(Math.min(log.sendPosition(), endPositions[(int) (upTo % endPositions.length)]));
    }
  }

  /** Sends everything after this one again. */
  void resendAfter(long after) {
    onAck(after);
    if (after == acked) {
      log.rewind(log.trimPosition());
    }
  }

  /** A new copy: numbering starts again. */
  void restart() {
    restarts = restarts + 1;
    while (ring.read((type, buffer, index, length) -> {}) > 0) {
      // what was meant for sessions of a front that is gone
    }
    log.clear();
    sequence = 0;
    acked = 0;
  }

  long heldBytes() {
    return log.heldBytes();
  }
}
