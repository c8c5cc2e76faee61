package org.understudy.backup.agent;

import org.agrona.DirectBuffer;
import org.understudy.checkpoint.memory.GuestMemory;

/** Makes a running guest of an image; from then on the front is driven by the guest's thread. */
@FunctionalInterface
public interface GuestRestorer {
  /**
   * Restores the guest (see {@code GuestFactory.restore}), makes the primary that it goes on under,
   * and starts it there. If that fails, nothing of it is left behind.
   */
  Successor restore(
      GuestMemory memory,
      DirectBuffer deviceState,
      int deviceStateLength,
      long inputPosition,
      long stampNs);
}
