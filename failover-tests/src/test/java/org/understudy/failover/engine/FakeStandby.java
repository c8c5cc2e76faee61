package org.understudy.failover.engine;

import java.util.ArrayDeque;
import org.agrona.DirectBuffer;
import org.understudy.checkpoint.guest.Standby;

/** Applies disk writes in order and keeps frames until they are reported released. */
final class FakeStandby implements Standby {
  private record Kept(long epoch, long[] frames) {}

  private final ArrayDeque<Kept> kept = new ArrayDeque<>();
  private volatile long lastDiskWrite = -1;
  private volatile long committedEpoch = -1;
  private volatile boolean failing;
  private volatile boolean discarded;
  private volatile int keptFrames;

  @Override
  public void commit(
      long epoch, DirectBuffer diskWrites, int diskLength, DirectBuffer frames, int length) {
    if (failing) {
      throw new IllegalStateException("no space left for disk writes of epoch " + epoch);
    }
    if (epoch == 0) {
      kept.clear();
      lastDiskWrite = -1;
    } else if (epoch != committedEpoch + 1) {
      throw new IllegalStateException("epoch " + epoch + " is committed after " + committedEpoch);
    }
    for (long step : FakeCapture.unpack(diskWrites, diskLength)) {
      if (lastDiskWrite >= 0 && step != lastDiskWrite + 1) {
        throw new IllegalStateException("disk write " + step + " after " + lastDiskWrite);
      }
      lastDiskWrite = step;
    }
    kept.add(new Kept(epoch, FakeCapture.unpack(frames, length)));
    keptFrames += length / Long.BYTES;
    committedEpoch = epoch;
  }

  @Override
  public void released(long epoch) {
    while (!kept.isEmpty() && kept.peek().epoch <= epoch) {
      keptFrames -= kept.poll().frames.length;
    }
  }

  @Override
  public void discard() {
    discarded = true;
    kept.clear();
    keptFrames = 0;
  }

  /** Frames that the primary's gate may not have released. */
  long[] takeKept() {
    long[] frames = kept.stream().flatMapToLong(k -> java.util.Arrays.stream(k.frames)).toArray();
    kept.clear();
    return frames;
  }

  void failing(boolean value) {
    failing = value;
  }

  long lastDiskWrite() {
    return lastDiskWrite;
  }

  int keptFrames() {
    return keptFrames;
  }

  boolean isDiscarded() {
    return discarded;
  }
}
