package org.understudy.checkpoint.guest;

/** What the guest is asked to capture at this boundary between two of its events. */
public enum CaptureKind {
  /** Nothing: go on. */
  NONE,
  /**
   * One round of the initial copy: the set of pages written since the last round, read while the
   * guest runs on. Torn pages are harmless, as they are dirty again in the next round. Beside pages
   * it may carry disk writes.
   */
  ROUND,
  /** A checkpoint: memory, device state, output, disk writes and input position of one instant. */
  CHECKPOINT,
  /** A checkpoint from whose instant on the guest's output is held until it is committed. */
  GATE,
  /** The last checkpoint of a guest that ends: it stays paused after it. */
  FINAL,
  /**
   * The last checkpoint of this primary, as the backup is to go on with the guest. It stays paused
   * after it, until {@link GuestHost#goesOn} says that nothing came of it.
   */
  HANDOVER;

  /** Whether the guest stays paused after such a capture. */
  public boolean pausesGuest() {
    return this == FINAL || this == HANDOVER;
  }
}
