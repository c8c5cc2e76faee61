package org.understudy.checkpoint.track;

import org.understudy.checkpoint.guest.CaptureKind;
import org.understudy.checkpoint.memory.GuestMemory;
import org.understudy.checkpoint.memory.RegionSpec;

/** Pages that were copied in the pause, as far as staging had room; the rest is read in place. */
final class StagedCapture implements CapturedSet {
  private final GuestMemory memory;
  private final CopyStaging staging;
  private final RoundScratch scratch;
  private final int[] pages;
  private int count;
  private int staged;
  private CaptureKind kind = CaptureKind.NONE;
  private volatile boolean released = true;

  StagedCapture(GuestMemory memory, CopyStaging staging, int[] pages) {
    this.memory = memory;
    this.staging = staging;
    this.pages = pages;
    scratch = new RoundScratch(memory);
  }

  /** In the pause: copies what has to be copied and returns how many pages that were. */
  int open(int capturedCount, CaptureKind capturedKind) {
    count = capturedCount;
    kind = capturedKind;
    staged = copiesInPause() ? Math.min(count, staging.slots()) : 0;
    for (int i = 0; i < staged; i++) {
      staging.copyIn(memory, pages[i], i);
    }
    released = false;
    return staged;
  }

  /** Whether the guest must not write because pages are read where they are. */
  boolean readsInPlace() {
    return copiesInPause() && count > staged && !released;
  }

  /** The guest may write while the capture is read: not in a round, and not after a final one. */
  private boolean copiesInPause() {
    return kind != CaptureKind.ROUND && kind != CaptureKind.FINAL;
  }

  @Override
  public int count() {
    return count;
  }

  @Override
  public int page(int index) {
    return pages[index];
  }

  @Override
  public long acquire(int index) {
    if (released) {
      throw new IllegalStateException("page " + index + " of a capture that was released");
    }
    if (index < staged) {
      return staging.address(index);
    }
    return kind == CaptureKind.ROUND
        ? scratch.copy(pages[index])
        : memory.address() + (long) pages[index] * RegionSpec.PAGE_BYTES;
  }

  @Override
  public void release(int index) {
    // Staged pages stay until the whole capture is released: nobody waits for a single one.
  }

  @Override
  public long copiedPages() {
    return staged;
  }

  @Override
  public void releaseAll() {
    released = true;
  }

  @Override
  public boolean isReleased() {
    return released;
  }

  void close() {
    scratch.close();
  }
}
