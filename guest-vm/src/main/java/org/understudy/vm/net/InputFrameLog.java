package org.understudy.vm.net;

import java.nio.ByteBuffer;
import java.util.function.Predicate;
import org.agrona.BitUtil;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Frames that came for the guest since the last committed epoch, kept at the backup to be given to
 * the restored guest: those that the primary mirrored, by their sequence, and after them those that
 * came to the backup's own side while nobody ran the guest. Best effort within a bound: the oldest
 * are dropped, and counted. One thread.
 */
public final class InputFrameLog {
  /** Before a frame: sequence, interface, length. */
  private static final int HEADER_BYTES = 16;

  /** Beside the interface's number: no guest has had this frame, so it is replayed of any kind. */
  private static final int UNSEEN = 1 << 16;

  /** Sequence of frames from the side taps: after all mirrored ones, covered by no epoch. */
  private static final long UNDECIDED = Long.MAX_VALUE;

  /** Interface of what fills up the end of the ring. */
  private static final int PADDING = -1;

  private final UnsafeBuffer ring;
  private long head;
  private long tail;
  private long lastSequence;
  private long committedSequence;
  private int frames;
  private long droppedFrames;

  /**
   * An empty log.
   *
   * @param limitBytes a power of two; memory that it takes at once
   */
  public InputFrameLog(int limitBytes) {
    if (!BitUtil.isPowerOfTwo(limitBytes) || limitBytes < 4 * Frames.MAX_FRAME_BYTES) {
      throw new IllegalArgumentException(
          "the log of input frames needs a power of two of at least "
              + BitUtil.findNextPositivePowerOfTwo(4 * Frames.MAX_FRAME_BYTES)
              + " bytes, not "
              + limitBytes);
    }
    ring = new UnsafeBuffer(ByteBuffer.allocateDirect(limitBytes));
  }

  /**
   * A mirrored frame, which the primary's guest may have had.
   *
   * @param sequence the primary's mirror position with it; grows, and may have gaps where frames
   *     were not sent on
   * @throws IllegalArgumentException where the sequence does not grow or it cannot be a frame
   */
  public void mirrored(long sequence, int nic, DirectBuffer buffer, int offset, int length) {
    check(nic, length);
    log(sequence, nic, buffer, offset, length);
  }

  /** A frame that the primary took away from its guest, for whoever runs it next. */
  public void unseen(long sequence, int nic, DirectBuffer buffer, int offset, int length) {
    check(nic, length);
    log(sequence, nic | UNSEEN, buffer, offset, length);
  }

  private void log(long sequence, int nic, DirectBuffer buffer, int offset, int length) {
    if (sequence <= lastSequence || sequence == UNDECIDED) {
      throw new IllegalArgumentException(
          "mirrored frame " + sequence + " after frame " + lastSequence);
    }
    lastSequence = sequence;
    if (sequence > committedSequence) {
      append(sequence, nic, buffer, offset, length);
    }
  }

  /** A frame that came to the backup's side while it was undecided who runs the guest. */
  public void undecided(int nic, DirectBuffer buffer, int offset, int length) {
    check(nic, length);
    append(UNDECIDED, nic | UNSEEN, buffer, offset, length);
  }

  private static void check(int nic, int length) {
    if (nic < 0 || nic >= FrameRecords.MAX_NICS || length < 1 || length > Frames.MAX_FRAME_BYTES) {
      throw new IllegalArgumentException(
          "input frame of " + length + " bytes for interface " + nic);
    }
  }

  /** The committed epoch's mirror position: frames up to it need no replay. */
  public void committed(long upToSequence) {
    committedSequence = Math.max(committedSequence, upToSequence);
    while (head < tail && (isPadding(head) || sequenceAt(head) <= committedSequence)) {
      removeOldest();
    }
  }

  /** The primary lives after all: it got the frames that also came here. */
  public void forgetUndecided() {
    keepOnly(sequence -> sequence != UNDECIDED);
  }

  /** Forgets all; the next primary counts from the beginning. */
  public void clear() {
    head = tail;
    frames = 0;
    lastSequence = 0;
    committedSequence = 0;
  }

  /**
   * Gives the guest what it may be given, in order; returns how many it took. All are forgotten. A
   * frame that the guest may have had is given again only where its protocol expects that.
   */
  public int replayTo(FrameInjector injector) {
    int given = replayTo(injector::inject);
    injector.flush();
    return given;
  }

  /** Takes a replayed frame; false where nothing more is taken. */
  interface Replay {
    boolean give(int nic, DirectBuffer buffer, int offset, int length);
  }

  int replayTo(Replay replay) {
    int given = 0;
    boolean takes = true;
    for (long at = head; at < tail && takes; at += recordBytes(at)) {
      if (isReplayed(at)) {
        int index = index(at);
        takes = replay.give(nicAt(at), ring, index + HEADER_BYTES, ring.getInt(index + 12));
        given += takes ? 1 : 0;
      }
    }
    head = tail;
    frames = 0;
    return given;
  }

  private boolean isReplayed(long at) {
    int index = index(at);
    return !isPadding(at)
        && ((ring.getInt(index + 8) & UNSEEN) != 0
            || Frames.isTcp(ring, index + HEADER_BYTES, ring.getInt(index + 12)));
  }

  private int nicAt(long at) {
    return ring.getInt(index(at) + 8) & ~UNSEEN;
  }

  void forEach(FrameSink sink) {
    for (long at = head; at < tail; at += recordBytes(at)) {
      if (!isPadding(at)) {
        int index = index(at);
        sink.onFrame(nicAt(at), ring, index + HEADER_BYTES, ring.getInt(index + 12));
      }
    }
  }

  /** Frames in it. */
  public int frames() {
    return frames;
  }

  /** Frames that were dropped for newer ones. */
  public long droppedFrames() {
    return droppedFrames;
  }

  private void append(long sequence, int nic, DirectBuffer buffer, int offset, int length) {
    int bytes = BitUtil.align(HEADER_BYTES + length, HEADER_BYTES);
    int toEnd = ring.capacity() - index(tail);
    int padding = bytes > toEnd ? toEnd : 0;
    while (tail + padding + bytes - head > ring.capacity()) {
      if (!isPadding(head)) {
        droppedFrames++;
      }
      removeOldest();
    }
    if (padding > 0) {
      put(0, PADDING, padding - HEADER_BYTES);
      tail += padding;
    }
    put(sequence, nic, length);
    ring.putBytes(index(tail) + HEADER_BYTES, buffer, offset, length);
    tail += bytes;
    frames++;
  }

  private void put(long sequence, int nic, int length) {
    int index = index(tail);
    ring.putLong(index, sequence);
    ring.putInt(index + 8, nic);
    ring.putInt(index + 12, length);
  }

  private void removeOldest() {
    if (!isPadding(head)) {
      frames--;
    }
    head += recordBytes(head);
  }

  /** Rare: takes all out and puts back what stays. */
  private void keepOnly(Predicate<Long> stays) {
    int size = (int) (tail - head);
    UnsafeBuffer old = new UnsafeBuffer(new byte[size]);
    int copied = Math.min(size, ring.capacity() - index(head));
    ring.getBytes(index(head), old, 0, copied);
    ring.getBytes(0, old, copied, size - copied);
    head = tail;
    frames = 0;
    for (int at = 0; at < size; ) {
      int length = old.getInt(at + 12);
      int nic = old.getInt(at + 8);
      long sequence = old.getLong(at);
      if (nic != PADDING && stays.test(sequence)) {
        append(sequence, nic, old, at + HEADER_BYTES, length);
      }
      at += BitUtil.align(HEADER_BYTES + length, HEADER_BYTES);
    }
  }

  private int index(long position) {
    return (int) position & ring.capacity() - 1;
  }

  private boolean isPadding(long position) {
    return ring.getInt(index(position) + 8) == PADDING;
  }

  private long sequenceAt(long position) {
    return ring.getLong(index(position));
  }

  private int recordBytes(long position) {
    return BitUtil.align(HEADER_BYTES + ring.getInt(index(position) + 12), HEADER_BYTES);
  }
}
