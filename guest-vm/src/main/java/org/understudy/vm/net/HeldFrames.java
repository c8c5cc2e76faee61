package org.understudy.vm.net;

import java.util.ArrayDeque;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Output frames of committed epochs at the backup, until the primary says that it released them;
 * after a takeover those left are sent, since they may not have left before. Best effort within a
 * bound: the oldest epochs are dropped, and counted. One thread.
 */
public final class HeldFrames {
  private static final int SPARES = 4;
  private static final int MAX_SPARE_BYTES = 1 << 20;

  private final int limitBytes;
  private final ArrayDeque<Epoch> epochs = new ArrayDeque<>();
  private final ArrayDeque<byte[]> spares = new ArrayDeque<>();
  private long heldBytes;
  private long lastEpoch = -1;
  private long droppedEpochs;

  /** Frames of one epoch. */
  private record Epoch(long number, byte[] records, int length) {}

  /** Empty, with a bound. */
  public HeldFrames(int limitBytes) {
    this.limitBytes = limitBytes;
  }

  /**
   * Keeps the frames of a committed epoch.
   *
   * @throws IllegalArgumentException where the section does not parse, or the epoch is not a later
   *     one; nothing is kept of it then
   */
  public void commit(long epoch, DirectBuffer buffer, int offset, int length) {
    if (epoch <= lastEpoch) {
      throw new IllegalArgumentException("frames of epoch " + epoch + " after " + lastEpoch);
    }
    FrameRecords.validate(buffer, offset, length);
    lastEpoch = epoch;
    if (length == 0) {
      return;
    }
    if (length > limitBytes) {
      droppedEpochs++;
      return;
    }
    while (heldBytes + length > limitBytes) {
      droppedEpochs++;
      remove();
    }
    byte[] records = array(length);
    buffer.getBytes(offset, records, 0, length);
    epochs.add(new Epoch(epoch, records, length));
    heldBytes += length;
  }

  /** The primary released the frames of epochs up to this one. */
  public void released(long epoch) {
    while (!epochs.isEmpty() && epochs.peek().number <= epoch) {
      remove();
    }
  }

  /** Sends what is left, in order, and forgets it; returns how many frames were sent. */
  public int sendTo(List<SideTap> tapByNic) {
    return sendTo((nic, buffer, offset, length) ->
        nic < tapByNic.size() && tapByNic.get(nic).send(buffer, offset, length));
  }

  int sendTo(InputFrameLog.Replay replay) {
    int[] sent = {0};
    for (Epoch epoch : epochs) {
      UnsafeBuffer records = new UnsafeBuffer(epoch.records, 0, epoch.length);
      FrameRecords.forEach(
          records,
          0,
          epoch.length,
          (nic, buffer, offset, length) ->
              sent[0] += replay.give(nic, buffer, offset, length) ? 1 : 0);
    }
    forget();
    return sent[0];
  }

  /** Forgets all; the next primary's epochs begin anew. */
  public void clear() {
    forget();
    lastEpoch = -1;
  }

  private void forget() {
    while (!epochs.isEmpty()) {
      remove();
    }
  }

  /** Bytes kept. */
  public long heldBytes() {
    return heldBytes;
  }

  /** Epochs whose frames were dropped for want of room. */
  public long droppedEpochs() {
    return droppedEpochs;
  }

  private byte[] array(int length) {
    byte[] spare = spares.poll();
    return spare != null && spare.length >= length ? spare : new byte[Math.max(length, 4096)];
  }

  private void remove() {
    Epoch epoch = epochs.poll();
    heldBytes -= epoch.length;
    if (spares.size() < SPARES && epoch.records.length <= MAX_SPARE_BYTES) {
      spares.add(epoch.records);
    }
  }
}
