package org.understudy.simulation.engine;

import java.util.function.LongConsumer;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.understudy.checkpoint.guest.Guest;
import org.understudy.checkpoint.guest.GuestDescription;
import org.understudy.checkpoint.guest.GuestFactory;
import org.understudy.checkpoint.guest.HeldUpException;
import org.understudy.checkpoint.guest.Standby;
import org.understudy.checkpoint.memory.GuestMemory;
import org.understudy.checkpoint.memory.MappedGuestMemory;

/** The fake guest's type on one node. */
final class FakeGuestType implements GuestFactory {
  private final GuestDescription description;
  private final boolean comparing;
  private final LongConsumer frames;
  private int restoresHeldUp;
  private final FakeFront front;
  private final FakeStandby standby = new FakeStandby();
  private int failingRestores;

  /** Thrown where tracking for a copy begins, on the node's thread. */
  volatile Error copyError;

  /** Thrown where a note of the standby is taken, on the node's thread. */
  volatile Error noteError;

  /** Thrown where a capture is encoded, on the node's thread. */
  volatile Error encodeError;

  /**
   * A type.
   *
   * @param frames takes the frames that leave this node
   * @param front front of this node, driven by a guest that was restored here
   */
  FakeGuestType(PairOptions options, LongConsumer frames, FakeFront front) {
    this.comparing = options.comparing();
    this.frames = frames;
    this.front = front;
    description =
        new GuestDescription(
            "fake", 1, FakeState.layout(options.ramBytes()), false, options.gatedOnBackup());
  }

  /** So many restores find no memory. */
  void failRestores(int count) {
    failingRestores = count;
  }

  /** So many restores cannot go on. */
  void holdRestoresUp(int count) {
    restoresHeldUp = count;
  }

  boolean comparing() {
    return comparing;
  }

  boolean gatedOnBackup() {
    return description.gatedOnBackup();
  }

  void frameLeaves(long number) {
    frames.accept(number);
  }

  GuestMemory newMemory() {
    return MappedGuestMemory.anonymousSmallPages(description.layout());
  }

  @Override
  public GuestDescription description() {
    return description;
  }

  @Override
  public Standby standby() {
    return standby;
  }

  FakeStandby fakeStandby() {
    return standby;
  }

  @Override
  public Guest create() {
    return new FakeGuest(this, newMemory(), null);
  }

  /** Everything that an epoch consists of has to be of one instant. */
  @Override
  public Guest restore(
      GuestMemory memory,
      DirectBuffer deviceState,
      int deviceStateLength,
      long inputPosition,
      long stampNs) {
    if (failingRestores-- > 0) {
      throw new OutOfMemoryError("none for a restore");
    }
    if (restoresHeldUp-- > 0) {
      throw new HeldUpException("of this test: mend it", null);
    }
    FakeGuest guest = new FakeGuest(this, memory, front);
    UnsafeBuffer copy = new UnsafeBuffer(new byte[deviceStateLength]);
    copy.putBytes(0, deviceState, 0, deviceStateLength);
    guest.state().requireSameInstant(copy, inputPosition);
    if (standby.lastDiskWrite() != guest.state().steps()) {
      throw new IllegalStateException(
          "the disk is at " + standby.lastDiskWrite() + ", memory at " + guest.state().steps());
    }
    for (long frame : standby.takeKept()) {
      frames.accept(frame);
    }
    return guest;
  }
}
