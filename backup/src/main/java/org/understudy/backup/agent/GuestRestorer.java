package org.understudy.backup.agent;

import org.agrona.DirectBuffer;
import org.understudy.checkpoint.memory.GuestMemory;

/** Makes a running guest of an image; from then on the front is driven by the guest's thread. */
@FunctionalInterface
public interface GuestRestorer {
  /**
   * Restores the guest (see {@code GuestFactory.restore}), makes the primary that it goes on under,
   * and starts it there. Called again if that fails: what was done before stays done.
   */
  Successor restore(
      GuestMemory memory,
      DirectBuffer deviceState,
      int deviceStateLength,
      long inputPosition,
      long stampNs);
}
