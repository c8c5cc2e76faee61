package org.understudy.simulation;

import java.util.List;
import org.understudy.checkpoint.guest.CaptureKind;

/** One capture of the model guest; what was captured is also the checker's reference. */
final class SimCapture {
  CaptureKind kind;
  long copy;
  long epoch;
  long[] pages;
  boolean[] dirty;
  long[] disk;
  GuestHistory[] last;
  GuestHistory history;
  long inputPosition;
  long stampNs;
  List<Answer> output;
  int dirtyPages;
}
