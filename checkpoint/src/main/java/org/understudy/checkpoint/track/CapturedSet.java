package org.understudy.checkpoint.track;

import org.understudy.checkpoint.guest.CapturedPages;

/** The captured pages of a tracker, which wants to know when they are no longer needed. */
public interface CapturedSet extends CapturedPages {
  /** Nothing of this capture will be read any more. Any thread; further calls do nothing. */
  void releaseAll();

  /** Whether {@link #releaseAll} was called. */
  boolean isReleased();
}
