package org.understudy.backup.agent;

import org.agrona.DirectBuffer;
import org.understudy.checkpoint.guest.Guest;
import org.understudy.checkpoint.memory.GuestMemory;

/** Makes a running guest of an image; from then on the front is driven by the guest's thread. */
@FunctionalInterface
public interface GuestRestorer {
  /** Restores and starts; see {@code GuestFactory.restore}. */
  Guest restore(
      GuestMemory memory,
      DirectBuffer deviceState,
      int deviceStateLength,
      long inputPosition,
      long stampNs);
}
