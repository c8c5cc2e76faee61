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
        public void startCopy() {}

        @Override
        public void round(DirectBuffer diskWrites, int length) {
          if (length > 0) {
            throw new IllegalStateException(
                "a round carries disk writes, this guest type has no disks");
          }
        }

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
        public void mirrored(
            long sequence, long sessionId, DirectBuffer buffer, int offset, int length) {
          throw new IllegalStateException(
              "input " + sequence + " is mirrored, this guest type logs its inputs at the front");
        }

        @Override
        public void discard() {}
      };

  /**
   * A copy starts anew, from its first round: what the disks hold from here on is unknown until
   * epoch 0 is committed, and what was kept of a copy before is void.
   */
  void startCopy();

  /**
   * A round of the initial copy is verified: its disk writes come after those of the rounds before
   * and before those of epoch 0, each once. Refuses by throwing: the backup resigns with the
   * message.
   */
  void round(DirectBuffer diskWrites, int length);

  /**
   * Something for the guest at the primary, while a copy is under way: what need not be copied,
   * say. Asked in every duty cycle; best effort.
   *
   * @param into where to put it
   * @param capacity most bytes
   * @return its bytes, 0 for nothing
   */
  default int nextNote(org.agrona.MutableDirectBuffer into, int capacity) {
    return 0;
  }

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

  /**
   * Whether a takeover would succeed. Asked in every duty cycle. No ack goes out until it was ready
   * once since {@link #startCopy}, though epochs are committed meanwhile; the primary gives up
   * after {@code commit.timeout}. A failure counts at any time.
   */
  default Readiness readiness() {
    return Readiness.READY;
  }

  /**
   * A claim is on its way, and the image is at the last committed epoch, where it stays: what takes
   * time and cannot be seen from outside may be done meanwhile. Either a restore follows, or {@link
   * #discard}.
   */
  default void expectTakeover() {}

  /**
   * Whether the guest can be restored now. Asked after a won claim, in every duty cycle until it
   * can: this is the guest's last copy, so that a failure only holds the takeover up, with its
   * reason for the operator, until it is mended.
   */
  default Readiness takeoverReadiness() {
    return Readiness.READY;
  }

  /**
   * A copy of an input that reached the guest at the primary, best effort: sequences grow, gaps are
   * drops.
   *
   * @param sessionId network interface of the guest
   */
  void mirrored(long sequence, long sessionId, DirectBuffer buffer, int offset, int length);

  /**
   * The guest runs here, and this thread reads the link again.
   *
   * @param isHandedOver the primary before passes on what still comes to it: {@link #mirrored} is
   *     called for what it has sent meanwhile
   */
  default void tookOver(boolean isHandedOver) {}

  /** The primary's gate released the output of epochs up to this one. */
  void released(long epoch);

  /** The image is dropped (fenced, resigned, guest ended): nothing of it may be used any more. */
  void discard();
}
