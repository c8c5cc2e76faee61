package org.understudy.checkpoint.track;

import java.util.function.IntPredicate;
import org.understudy.checkpoint.guest.CaptureKind;

/**
 * Knows which pages of a guest's memory were written in the running epoch.
 *
 * <p>All methods but {@link #counts} are called on the guest's own thread, between two of its
 * events: nothing writes to the memory meanwhile. At most one capture is unreleased at any time.
 */
public interface DirtyTracker extends AutoCloseable {
  /** Name of the tracker for status and settings, for example {@code write-barrier}. */
  String name();

  /**
   * Starts tracking. The first capture has every page for which the predicate holds, and every page
   * written from now on. Costs one call per page; a tracker that runs already starts anew.
   *
   * @param mayBeNonZero false only for pages that are zero, or count as zero on both sides
   */
  void start(IntPredicate mayBeNonZero);

  /** Starts tracking with every page in the first capture. */
  default void start() {
    start(page -> true);
  }

  /** Whether pages are tracked. */
  boolean isTracking();

  /**
   * Ends the epoch and begins the next: what was written up to now is the captured set.
   *
   * @param kind any but NONE
   * @return the captured set; the same object each time, valid until its {@code releaseAll}
   * @throws IllegalStateException when not tracking, or the capture before is not released
   */
  CapturedSet flip(CaptureKind kind);

  /**
   * Waits until the guest may write again. Call it after the capture was handed over and before the
   * guest goes on. Returns at once, but for trackers that stage pages in the pause and had no room
   * for all of them: there it holds the guest back until the capture is released.
   */
  void awaitResume();

  /** Stops tracking and abandons an unreleased capture: it must not be read any more. */
  void stop();

  /** Pages known to be dirty in the running epoch; 0 for trackers that know only at the flip. */
  int dirtyPages();

  /** Most memory that tracking takes besides the guest's own, in bytes. */
  long memoryBytes();

  /** What happened since creation. Any thread. */
  TrackerCounts counts();

  /** Stops and gives back memory. Idempotent. */
  @Override
  void close();
}
