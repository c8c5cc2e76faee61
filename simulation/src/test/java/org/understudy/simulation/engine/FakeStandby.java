package org.understudy.simulation.engine;

import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.agrona.DirectBuffer;
import org.understudy.checkpoint.guest.Readiness;
import org.understudy.checkpoint.guest.Standby;

/**
 * Applies disk writes in order, first those of the initial copy's rounds, and keeps frames until
 * they are reported released.
 */
final class FakeStandby implements Standby {
  /** What it tells the guest in each copy. */
  static final int NOTES = 3;

  private record Kept(long epoch, long[] frames) {}

  private final ArrayDeque<Kept> kept = new ArrayDeque<>();
  private long appliedStep = -1;
  private int partsToCome;
  private int notes;
  private boolean copying;
  private long lastMirrored;
  private volatile long lastDiskWrite = -1;
  private volatile long committedEpoch = -1;
  private volatile boolean failing;
  private volatile boolean discarded;
  private volatile int keptFrames;
  private volatile int rounds;
  private volatile int copies;
  private final List<Boolean> takeovers = new CopyOnWriteArrayList<>();
  private volatile long mirroredInputs;
  private volatile Readiness readiness = Readiness.READY;
  private volatile Readiness takeoverReadiness = Readiness.READY;

  @Override
  public void startCopy() {
    kept.clear();
    keptFrames = 0;
    lastDiskWrite = -1;
    committedEpoch = -1;
    appliedStep = -1;
    partsToCome = FakeGuest.DISK_PARTS;
    copying = true;
    notes = 0;
    rounds = 0;
    copies++;
  }

  @Override
  public void round(DirectBuffer diskWrites, int length) {
    refuseIfFailing("a round");
    if (!copying) {
      throw new IllegalStateException("a round outside of a copy");
    }
    apply(diskWrites, length);
    rounds++;
  }

  @Override
  public void commit(
      long epoch, DirectBuffer diskWrites, int diskLength, DirectBuffer frames, int length) {
    refuseIfFailing("epoch " + epoch);
    if (epoch != committedEpoch + 1) {
      throw new IllegalStateException("epoch " + epoch + " is committed after " + committedEpoch);
    }
    apply(diskWrites, diskLength);
    if (partsToCome > 0) {
      throw new IllegalStateException(partsToCome + " parts of the disk are not copied");
    }
    copying = false;
    lastDiskWrite = appliedStep;
    kept.add(new Kept(epoch, FakeCapture.unpack(frames, length)));
    keptFrames += length / Long.BYTES;
    committedEpoch = epoch;
  }

  private void refuseIfFailing(String what) {
    if (failing) {
      throw new IllegalStateException("no space left for disk writes of " + what);
    }
  }

  /** Steps of the guest follow each other from any start; parts count down to 1. */
  private void apply(DirectBuffer diskWrites, int length) {
    for (long write : FakeCapture.unpack(diskWrites, length)) {
      if (write < 0) {
        if (-write != partsToCome) {
          throw new IllegalStateException("part " + -write + " where " + partsToCome + " is next");
        }
        partsToCome--;
      } else {
        if (appliedStep >= 0 && write != appliedStep + 1) {
          throw new IllegalStateException("disk write " + write + " after " + appliedStep);
        }
        appliedStep = write;
      }
    }
  }

  @Override
  public Readiness readiness() {
    return readiness;
  }

  /** Counts up, one for each copy and each time that it is asked. */
  @Override
  public int nextNote(org.agrona.MutableDirectBuffer into, int capacity) {
    if (!copying || notes >= NOTES) {
      return 0;
    }
    into.putLong(0, copies * 1000L + ++notes);
    return Long.BYTES;
  }

  @Override
  public Readiness takeoverReadiness() {
    return takeoverReadiness;
  }

  @Override
  public void mirrored(long sequence, long sessionId, DirectBuffer buffer, int offset, int length) {
    if (sequence <= lastMirrored || length != Long.BYTES || buffer.getLong(offset) <= 0) {
      throw new IllegalStateException("mirrored " + sequence + " after " + lastMirrored);
    }
    lastMirrored = sequence;
    mirroredInputs++;
  }

  @Override
  public void tookOver(boolean isHandedOver) {
    takeovers.add(isHandedOver);
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

  void readiness(Readiness value) {
    readiness = value;
  }

  void takeoverReadiness(Readiness value) {
    takeoverReadiness = value;
  }

  /** Last step whose disk write is committed, -1 for none. */
  long lastDiskWrite() {
    return lastDiskWrite;
  }

  long committedEpoch() {
    return committedEpoch;
  }

  int rounds() {
    return rounds;
  }

  int copies() {
    return copies;
  }

  /** For each takeover whether the primary before had handed the guest over. */
  List<Boolean> takeovers() {
    return takeovers;
  }

  long mirroredInputs() {
    return mirroredInputs;
  }

  int keptFrames() {
    return keptFrames;
  }

  boolean isDiscarded() {
    return discarded;
  }
}
