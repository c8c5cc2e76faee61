package org.understudy.backup.agent;

import org.understudy.checkpoint.memory.GuestMemory;

/** Where images get their memory. */
public interface ImageMemory {
  /**
   * Zeroed memory for an image.
   *
   * @param registerId of the guest's register
   */
  GuestMemory zeroed(long registerId);

  /**
   * Memory that outlived an image or a guest before, whatever it holds now; null where there is
   * none. Asked once, at the start.
   */
  default GuestMemory base() {
    return null;
  }

  /** An image is made in memory that is not zero: its own, of before, or {@link #base}'s. */
  default void reused(GuestMemory memory) {}
}
