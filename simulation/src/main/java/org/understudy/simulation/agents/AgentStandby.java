package org.understudy.simulation.agents;

import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.understudy.checkpoint.guest.Readiness;
import org.understudy.checkpoint.guest.Standby;

/** The backup's half: what is committed, whether it would do, and room for it. */
public final class AgentStandby implements Standby {
  private final Surroundings around;
  private Readiness readiness = Readiness.NOT_YET;
  private long captureToCome;
  private long committedCapture;
  private boolean whole;

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
    if (was) {
      around.gaveUp(how);
    }
  }

  @Override
  public void round(DirectBuffer diskWrites, int length) {
    around.step();
    refuseIfFull();
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
    around.committed(committedCapture);
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
    around.violation("a service has no mirrored inputs");
  }

  @Override
  public void released(long epoch) {}

  @Override
  public void discard() {
    drop("the image is dropped");
  }
}
