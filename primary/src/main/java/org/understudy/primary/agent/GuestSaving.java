package org.understudy.primary.agent;

import java.util.Optional;
import org.understudy.checkpoint.guest.Capture;
import org.understudy.checkpoint.guest.CaptureKind;
import org.understudy.checkpoint.guest.Guest;
import org.understudy.primary.session.PrimarySession;

/** The way of a guest to its {@link GuestSaver}: paused by a last capture, read, let go again. */
final class GuestSaving {
  private final GuestSaver saver;
  private final Guest guest;
  private final GuestPort port;
  private boolean isWanted;
  private String obstacle;
  private long copy;
  private Capture capture;

  GuestSaving(GuestSaver saver, Guest guest, GuestPort port) {
    this.saver = saver;
    this.guest = guest;
    this.port = port;
  }

  /** Asks the guest to pause, unless it could not be written anyway. */
  void start(long ofCopy) {
    isWanted = true;
    copy = ofCopy;
    obstacle = saver.obstacle();
    if (obstacle == null) {
      port.startCopy(copy);
      guest.startTracking();
      port.request(CaptureKind.HANDOVER);
    }
  }

  /** Captures are this one's, and nobody else's. */
  boolean isUnderWay() {
    return isWanted || capture != null;
  }

  /** Once per duty cycle; returns the work done. */
  int work(PrimarySession session) {
    if (isWanted && obstacle != null) {
      isWanted = false;
      session.onSaveFailed(obstacle);
      return 1;
    }
    if (capture == null) {
      return take(session);
    }
    Optional<String> outcome = saver.outcome();
    if (outcome.isEmpty()) {
      return 0;
    }
    release();
    if (isWanted && outcome.get().isEmpty()) {
      session.onSaved();
    } else if (isWanted) {
      session.onSaveFailed(outcome.get());
    }
    isWanted = false;
    return 1;
  }

  private int take(PrimarySession session) {
    Capture taken = port.takeCapture();
    if (taken == null) {
      return 0;
    }
    capture = taken;
    boolean isPaused = isWanted && port.captureCopy() == copy && taken.kind().pausesGuest();
    if (isPaused) {
      begin(session, taken);
    } else {
      release();
    }
    return 1;
  }

  /** What fails here (a thread, for want of memory) must not hold the guest's captures for ever. */
  private void begin(PrimarySession session, Capture taken) {
    try {
      saver.begin(session.register(), guest.memory(), taken);
    } catch (RuntimeException | Error failure) {
      isWanted = false;
      release();
      session.onSaveFailed("writing cannot begin: " + failure);
    }
  }

  private void release() {
    Capture over = capture;
    capture = null;
    over.release();
    port.onReleased();
  }

  /** Gives it up; false if it is written, or about to be. */
  boolean abandon() {
    boolean isGivenUp = capture == null || saver.abandon();
    isWanted &= !isGivenUp;
    return isGivenUp;
  }
}
