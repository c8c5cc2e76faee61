package org.understudy.simulation.agents;

import java.nio.ByteOrder;
import java.util.ArrayDeque;
import org.agrona.DirectBuffer;
import org.understudy.checkpoint.guest.Readiness;
import org.understudy.checkpoint.guest.Standby;

/** The backup's half: what is committed, whether it would do, and room for it. */
public final class AgentStandby implements Standby {
  private static final int MOST_MIRRORED = 32;
  private static final int FRAME_BYTES = 2 * Long.BYTES;

  /** A frame of an epoch, or one that came; of a connection, and the entry or the request. */
  private record Frame(long epoch, long connection, long number) {}

  private final Surroundings around;
  private Readiness readiness = Readiness.NOT_YET;
  private long captureToCome;
  private long committedCapture;
  private boolean whole;
  private final ArrayDeque<Frame> kept = new ArrayDeque<>();
  private final ArrayDeque<Frame> mirrored = new ArrayDeque<>();
  private AgentDisk disk = new AgentDisk();
  private MachineLikeGuest successor;

  /** Nothing is committed. */
  public AgentStandby(Surroundings around) {
    this.around = around;
  }

  /** There is a committed image. */
  public boolean isWhole() {
    return whole;
  }

  /** What it says of itself from now on. */
  public void readiness(Readiness value) {
    readiness = value;
  }

  /** Capture of the last commit. */
  public long committedCapture() {
    return committedCapture;
  }

  /** A machine's disk as of the last commit. */
  public AgentDisk disk() {
    return disk;
  }

  /**
   * The machine goes on: it sends again what may never have left, and gets what came for it since
   * the last commit, and what still comes to the node that it has left.
   */
  public void goesOnAs(MachineLikeGuest machine) {
    successor = machine;
    kept.forEach(frame -> machine.sendAgain(frame.connection, frame.number));
    mirrored.forEach(frame -> machine.onMirrored(frame.connection, frame.number));
    mirrored.clear();
  }

  /** The image is the guest's, or is gone. */
  public void handedOver() {
    whole = false;
  }

  @Override
  public void startCopy() {
    around.step();
    drop("a full copy begins");
  }

  private void drop(String how) {
    boolean was = whole;
    whole = false;
    committedCapture = 0;
    readiness = Readiness.NOT_YET;
    kept.clear();
    mirrored.clear();
    if (was) {
      around.gaveUp(how);
    }
  }

  @Override
  public void round(DirectBuffer diskWrites, int length) {
    around.step();
    refuseIfFull();
    disk.apply(diskWrites, length);
  }

  private void refuseIfFull() {
    if (around.isDiskFull()) {
      throw new IllegalStateException("disk full");
    }
  }

  @Override
  public void deviceState(long epoch, DirectBuffer state, int length) {
    around.step();
    captureToCome = state.getLong(0, ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public void commit(
      long epoch, DirectBuffer diskWrites, int diskLength, DirectBuffer frames, int length) {
    around.step();
    refuseIfFull();
    committedCapture = captureToCome;
    disk.apply(diskWrites, diskLength);
    for (int at = 0; at < length; at += FRAME_BYTES) {
      long connection = frames.getLong(at, ByteOrder.LITTLE_ENDIAN);
      kept.add(
          new Frame(epoch, connection, frames.getLong(at + Long.BYTES, ByteOrder.LITTLE_ENDIAN)));
    }
    around.committed(committedCapture, disk.blocks());
    if (!whole) {
      whole = true;
      around.whole();
    }
  }

  @Override
  public void applied(long epoch) {
    around.step();
    around.applied(committedCapture);
  }

  @Override
  public Readiness readiness() {
    return readiness;
  }

  @Override
  public void mirrored(long sequence, long sessionId, DirectBuffer buffer, int offset, int length) {
    around.step();
    long connection = buffer.getLong(offset, ByteOrder.LITTLE_ENDIAN);
    long request = buffer.getLong(offset + Long.BYTES, ByteOrder.LITTLE_ENDIAN);
    if (successor != null) {
      successor.onMirrored(connection, request);
      return;
    }
    if (mirrored.size() == MOST_MIRRORED) {
      mirrored.poll();
    }
    mirrored.add(new Frame(0, connection, request));
  }

  @Override
  public void released(long epoch) {
    around.step();
    while (!kept.isEmpty() && kept.peek().epoch <= epoch) {
      kept.poll();
    }
  }

  @Override
  public void discard() {
    drop("the image is dropped");
  }
}
