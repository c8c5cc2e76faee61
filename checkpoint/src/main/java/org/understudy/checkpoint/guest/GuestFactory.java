package org.understudy.checkpoint.guest;

import org.agrona.DirectBuffer;
import org.understudy.checkpoint.memory.GuestMemory;

/** One guest type, on either node. */
public interface GuestFactory {
  /** What this node would run; compared with the peer's in the handshake. */
  GuestDescription description();

  /** The backup's half of this guest type, for one image. */
  default Standby standby() {
    return Standby.NOTHING;
  }

  /** A new guest on empty memory. */
  Guest create();

  /**
   * A guest that goes on from a committed image (an event of its own, never a start). The memory
   * passes to the guest. Remote inputs after {@code inputPosition} are offered to it next, in
   * order.
   *
   * @param memory the image, at a committed epoch
   * @param deviceState device state of the same epoch
   * @param deviceStateLength its bytes
   * @param inputPosition last input consumed in that state
   * @param stampNs what the clock of a service shows now: not before the last event in that state,
   *     nor before any input that is offered next
   * @throws HeldUpException where nothing is lost by trying again; the memory stays the caller's
   */
  Guest restore(
      GuestMemory memory,
      DirectBuffer deviceState,
      int deviceStateLength,
      long inputPosition,
      long stampNs);

  /**
   * A guest that goes on from what this node wrote down when it was stopped, with the disks that it
   * has here; it does not run before its {@link Guest#start}. Parameters as of {@link #restore}.
   */
  default Guest restoreSaved(
      GuestMemory memory,
      DirectBuffer deviceState,
      int deviceStateLength,
      long inputPosition,
      long stampNs) {
    return restore(memory, deviceState, deviceStateLength, inputPosition, stampNs);
  }
}
