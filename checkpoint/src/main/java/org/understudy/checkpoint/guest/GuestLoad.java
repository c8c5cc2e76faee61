package org.understudy.checkpoint.guest;

/** What has piled up in the guest since its last capture; a reused, mutable carrier. */
public final class GuestLoad {
  /** Output bytes that wait for a commit. */
  public long outputBytes;

  /**
   * More output came a moment ago, so still more may come: what is captured a little later takes it
   * along. Of guests whose captures cost them time.
   */
  public boolean outputFlows;

  /** Inputs consumed. */
  public long consumedInputs;

  /** Pages written for the first time. */
  public long dirtyPages;

  /** Share of the fullest bounded queue, 0 to 100. */
  public int fullestQueuePercent;

  /** Nothing has happened since the last capture. */
  public boolean isIdle() {
    return outputBytes == 0 && consumedInputs == 0 && dirtyPages == 0;
  }
}
