package org.understudy.checkpoint.track;

import java.util.concurrent.atomic.AtomicLong;

/** Counters with one writer, the guest's thread, that any thread may read. */
final class CountedEvents {
  private final AtomicLong captures = new AtomicLong();
  private final AtomicLong capturedPages = new AtomicLong();
  private final AtomicLong copiedPages = new AtomicLong();
  private final AtomicLong heldBack = new AtomicLong();
  private final AtomicLong heldBackNs = new AtomicLong();

  void onCapture(int pages) {
    add(captures, 1);
    add(capturedPages, pages);
  }

  void onCopied(long pages) {
    add(copiedPages, pages);
  }

  void onHeldBack(long waitedNs) {
    add(heldBack, 1);
    add(heldBackNs, waitedNs);
  }

  long copiedPages() {
    return copiedPages.getAcquire();
  }

  TrackerCounts snapshot() {
    return new TrackerCounts(
        captures.getAcquire(),
        capturedPages.getAcquire(),
        copiedPages.getAcquire(),
        heldBack.getAcquire(),
        heldBackNs.getAcquire());
  }

  private static void add(AtomicLong counter, long amount) {
    counter.setRelease(counter.getPlain() + amount);
  }
}
