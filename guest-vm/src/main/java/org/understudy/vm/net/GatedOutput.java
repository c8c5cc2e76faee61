package org.understudy.vm.net;

import java.util.ArrayDeque;
import org.agrona.DirectBuffer;

/**
 * Output of all interfaces on its way: held for its epoch, or leaving. Not safe for threads: its
 * owner has one lock for it.
 *
 * <pre>
 * filling ── cutFrames ── sealed ── cut(epoch) ── numbered ── release(epoch) ── leaving ── QEMU
 * </pre>
 */
final class GatedOutput {
  private static final int SPARES = 4;
  private static final int MAX_SPARE_BYTES = 8 << 20;

  /** A batch counts until all of it has left, so those of frames that pass must be small. */
  private static final int PASSING_BYTES = 1 << 20;

  /** What happens to a new frame. */
  private enum Mode {
    PASS,
    HOLD,
    DISCARD
  }

  /** Takes frames back to QEMU. */
  interface Exit {
    /** False where the interface's socket takes no more now; the frame is offered again. */
    boolean offer(int nic, DirectBuffer buffer, int offset, int length);
  }

  private final int limitBytes;
  private final Exit exit;
  private final ArrayDeque<FrameBatch> spares = new ArrayDeque<>();
  private final ArrayDeque<FrameBatch> sealed = new ArrayDeque<>();
  private final ArrayDeque<FrameBatch> numbered = new ArrayDeque<>();
  private final ArrayDeque<FrameBatch> leaving = new ArrayDeque<>();
  private FrameBatch filling = new FrameBatch();

  /** Last of the leaving ones while frames that pass may be added to it. */
  private FrameBatch passing;

  private Mode mode = Mode.PASS;
  private boolean isCutTaken;
  private boolean isNoticeDue;
  private volatile long heldBytes;
  private volatile long lastHeldNs = System.nanoTime();
  private volatile int framesSinceCut;
  private volatile int framesBeforeCut;
  private long frames;
  private long bytes;
  private long droppedFrames;
  private long discardedFrames;

  GatedOutput(int limitBytes, Exit exit) {
    this.limitBytes = limitBytes;
    this.exit = exit;
  }

  /** One frame of the guest. */
  void onFrame(int nic, DirectBuffer buffer, int offset, int length) {
    frames++;
    bytes += length;
    if (mode == Mode.DISCARD) {
      discardedFrames++;
    } else if (mode == Mode.PASS && leaving.isEmpty() && exit.offer(nic, buffer, offset, length)) {
      return;
    } else if (heldBytes + FrameRecords.HEADER_BYTES + length > limitBytes) {
      droppedFrames++;
    } else if (mode == Mode.PASS) {
      append(passing(), nic, buffer, offset, length);
    } else {
      isNoticeDue |= filling.length() == 0;
      append(filling, nic, buffer, offset, length);
      lastHeldNs = System.nanoTime();
      framesSinceCut = framesSinceCut + 1; // with the exchange's lock
    }
  }

  private void append(FrameBatch batch, int nic, DirectBuffer buffer, int offset, int length) {
    batch.append(nic, buffer, offset, length);
    heldBytes += FrameRecords.HEADER_BYTES + length;
  }

  private FrameBatch passing() {
    if (passing == null || passing.length() > PASSING_BYTES) {
      passing = spare();
      leaving.add(passing);
    }
    return passing;
  }

  /** When a frame was held last, by {@link System#nanoTime}. */
  long lastHeldNs() {
    return lastHeldNs;
  }

  /** Frames held since the last cut, or in the epoch that ended there, whichever are more. */
  int framesLately() {
    return Math.max(framesSinceCut, framesBeforeCut);
  }

  /** Whether the first frame since the last cut was held since this was asked last. */
  boolean takeNotice() {
    boolean due = isNoticeDue;
    isNoticeDue = false;
    return due;
  }

  /** Ends an epoch's frames; they are lent until they come back by {@link #takeBack}. */
  FrameBatch cutFrames() {
    FrameBatch batch = filling;
    batch.isLent = true;
    seal();
    isCutTaken = true;
    return batch;
  }

  private void seal() {
    sealed.add(filling);
    filling = spare();
    isNoticeDue = false;
    framesBeforeCut = framesSinceCut;
    framesSinceCut = 0;
  }

  /** Gives the frames of the last {@link #cutFrames} the number of their epoch. */
  void cut(long epoch) {
    if (!isCutTaken && filling.length() > 0) {
      seal();
    }
    isCutTaken = false;
    for (FrameBatch batch = sealed.poll(); batch != null; batch = sealed.poll()) {
      batch.epoch = epoch;
      numbered.add(batch);
    }
  }

  /** From now on frames are held; those from before leave. */
  void hold() {
    letGo();
    if (mode == Mode.PASS) {
      mode = Mode.HOLD;
    }
  }

  /** Frames of epochs up to this one leave. */
  void release(long epoch) {
    while (!numbered.isEmpty() && numbered.peek().epoch <= epoch) {
      leave(numbered.poll());
    }
    moveOut();
  }

  /** All leaves, and what comes from now on passes. */
  void pass() {
    letGo();
    if (mode == Mode.HOLD) {
      mode = Mode.PASS;
    }
  }

  private void letGo() {
    isCutTaken = false;
    isNoticeDue = false;
    framesSinceCut = 0;
    framesBeforeCut = 0;
    numbered.forEach(this::leave);
    numbered.clear();
    sealed.forEach(this::leave);
    sealed.clear();
    if (filling.length() > 0) {
      leave(filling);
      filling = spare();
    }
    moveOut();
  }

  /** All is dropped, now and from now on. */
  void discard() {
    mode = Mode.DISCARD;
    isNoticeDue = false;
    framesSinceCut = 0;
    framesBeforeCut = 0;
    numbered.forEach(this::finish);
    numbered.clear();
    sealed.forEach(this::finish);
    sealed.clear();
    leaving.forEach(this::finish);
    leaving.clear();
    passing = null;
    heldBytes -= filling.length();
    filling.clear();
  }

  private void leave(FrameBatch batch) {
    passing = null; // what passes from now on comes after this one
    if (batch.length() == 0) {
      finish(batch);
    } else {
      leaving.add(batch);
    }
  }

  /** Offers what leaves until QEMU takes no more; true where nothing is left. */
  boolean moveOut() {
    while (!leaving.isEmpty()) {
      FrameBatch batch = leaving.peek();
      while (batch.next < batch.length()) {
        int length = FrameRecords.lengthAt(batch.buffer(), batch.next);
        int at = batch.next + FrameRecords.HEADER_BYTES;
        if (!exit.offer(
            FrameRecords.nicAt(batch.buffer(), batch.next), batch.buffer(), at, length)) {
          return false;
        }
        batch.next = at + length;
      }
      leaving.poll();
      if (batch == passing) {
        passing = null;
      }
      finish(batch);
    }
    return true;
  }

  private void finish(FrameBatch batch) {
    heldBytes -= batch.length();
    batch.isDone = true;
    if (!batch.isLent) {
      recycle(batch);
    }
  }

  /** A lent batch was read. */
  void takeBack(FrameBatch batch) {
    if (batch.isLent) {
      batch.isLent = false;
      if (batch.isDone) {
        recycle(batch);
      }
    }
  }

  private FrameBatch spare() {
    FrameBatch spare = spares.poll();
    return spare == null ? new FrameBatch() : spare;
  }

  private void recycle(FrameBatch batch) {
    batch.clear();
    if (spares.size() < SPARES && batch.capacity() <= MAX_SPARE_BYTES) {
      spares.add(batch);
    }
  }

  void onLost() {
    droppedFrames++;
  }

  boolean isEmpty() {
    return heldBytes == 0;
  }

  boolean isDiscarded() {
    return mode == Mode.DISCARD;
  }

  /** Bytes of frames held or leaving; any thread. */
  long heldBytes() {
    return heldBytes;
  }

  /** Frames so far; without the mirror's. */
  NetCounts counts(long mirroredFrames, long mirroredBytes) {
    return new NetCounts(
        frames, bytes, droppedFrames, discardedFrames, mirroredFrames, mirroredBytes);
  }

  long frames() {
    return frames;
  }
}
