package org.understudy.backup.agent;

import java.util.List;
import org.agrona.DirectBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.backup.output.HeldOutput;
import org.understudy.backup.output.ReleasedBeyondCommit;
import org.understudy.checkpoint.guest.ClientFront;
import org.understudy.checkpoint.guest.OutputRecords;
import org.understudy.checkpoint.memory.MemoryBound;

/** The gate at the backup's front: output of committed epochs, held until it may leave. */
final class OutputDelivery {
  private static final Logger LOG = LoggerFactory.getLogger(OutputDelivery.class);

  /** Held only while the register must be read first, or before this node is named: small. */
  private static final int HELD_BYTES = 32 << 20;

  private static final int HELD_PIECES = 1 << 10;

  /** What it takes at most, with so many pieces of output beyond the last commit. */
  static List<MemoryBound> bounds(int beyondPieces) {
    return List.of(
        MemoryBound.ofNative("held output", "", HELD_BYTES),
        ReleasedBeyondCommit.heapCeilingBytes(beyondPieces));
  }

  private final ClientFront front;
  private final HeldOutput held = new HeldOutput(HELD_BYTES, HELD_PIECES);
  private final ReleasedBeyondCommit beyond;
  private final OutputRecords.Consumer toFront = this::toFront;
  private final HeldOutput.Consumer released =
      (epoch, buffer, offset, length) -> deliver(buffer, offset, length);

  OutputDelivery(ClientFront front, int beyondPieces) {
    this.front = front;
    beyond = new ReleasedBeyondCommit(beyondPieces);
  }

  /** Whether output of so many bytes can be taken, to leave at once or to be held. */
  boolean hasRoom(int length, boolean free) {
    return length == 0 || leavesAtOnce(free) || held.hasRoom(length);
  }

  private boolean leavesAtOnce(boolean free) {
    return free && held.pieces() == 0;
  }

  /**
   * Output of an epoch that was just committed.
   *
   * @param free it may leave at once
   * @return false if it cannot be held
   */
  boolean committed(long epoch, DirectBuffer buffer, int length, boolean free) {
    if (length == 0) {
      return true;
    }
    if (leavesAtOnce(free)) {
      deliver(buffer, 0, length);
      return true;
    }
    return held.hold(epoch, buffer, 0, length);
  }

  void release(long epoch) {
    held.release(epoch, released);
  }

  private void deliver(DirectBuffer buffer, int offset, int length) {
    OutputRecords.forEach(buffer, offset, length, toFront);
  }

  private void toFront(long sessionId, DirectBuffer buffer, int offset, int length) {
    if (length == OutputRecords.CLOSE) {
      front.closeSession(sessionId);
    } else {
      send(sessionId, buffer, offset, length);
    }
  }

  /** What fails for one client costs that client: the others' output is sent once, and in order. */
  private void send(long sessionId, DirectBuffer buffer, int offset, int length) {
    try {
      front.send(sessionId, buffer, offset, length);
    } catch (RuntimeException | Error failure) {
      LOG.error("output of session {} cannot be sent, which ends it", sessionId, failure);
      front.closeSession(sessionId);
    }
  }

  /** Output that travels by itself ({@code llm}); false if it has to wait for a commit. */
  boolean session(long sessionId, long afterInput, DirectBuffer buffer, int offset, int length) {
    if (length == 0) {
      front.closeSession(sessionId); // no bytes that a replay would have to make again
      return true;
    }
    if (!beyond.record(afterInput, sessionId, buffer, offset, length)) {
      return false;
    }
    send(sessionId, buffer, offset, length);
    return true;
  }

  ReleasedBeyondCommit beyond() {
    return beyond;
  }

  void discard() {
    held.discard();
    beyond.clear();
  }

  long heldBytes() {
    return held.heldBytes();
  }
}
