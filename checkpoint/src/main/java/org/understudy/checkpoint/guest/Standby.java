package org.understudy.checkpoint.guest;

import org.agrona.DirectBuffer;

/**
 * The backup's half of a guest: what a committed epoch does beside the image and the client front.
 * Called on the backup's agent thread; a service has nothing to do here.
 */
public interface Standby {
  /** For guests whose checkpoints carry neither disk writes nor frames. */
  Standby NOTHING =
      new Standby() {
        @Override
        public void commit(
            long epoch, DirectBuffer diskWrites, int diskLength, DirectBuffer frames, int length) {
          if (diskLength + length > 0) {
            throw new IllegalStateException(
                "epoch " + epoch + " carries disk writes or frames, this guest type has none");
          }
        }

        @Override
        public void released(long epoch) {}

        @Override
        public void discard() {}
      };

  /**
   * An epoch is committed: its disk writes are applied in the guest's order, its frames kept until
   * they are reported released (after a takeover the kept ones are sent).
   */
  void commit(long epoch, DirectBuffer diskWrites, int diskLength, DirectBuffer frames, int length);

  /**
   * Device state of the epoch whose {@link #commit} follows; refused by throwing.
   *
   * @param state as the guest encoded it, bytes 0 to {@code length}
   */
  default void deviceState(long epoch, DirectBuffer state, int length) {}

  /** The image is at this epoch now. */
  default void applied(long epoch) {}

  /** Whether a takeover would work; the backup acks nothing before it would. */
  default Readiness readiness() {
    return Readiness.READY;
  }

  /** The primary's gate released the output of epochs up to this one. */
  void released(long epoch);

  /** The image is dropped (fenced, resigned, guest ended): nothing of it may be used any more. */
  void discard();
}
