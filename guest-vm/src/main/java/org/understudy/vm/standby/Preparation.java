package org.understudy.vm.standby;

import org.understudy.checkpoint.guest.Readiness;

/**
 * How far a standby is with being able to take over, and what is to be done for it next. Everything
 * is about the newest image: what an older one still brings does not count. Without a clock and
 * without threads; its owner's lock guards it.
 */
final class Preparation {
  /** What the keeper does next. */
  enum Job {
    /** Nothing, for now. */
    NONE,
    /** Start a QEMU that waits on the image's memory. */
    START,
    /** Try a restore of the committed state. */
    TRY,
    /** Nothing any more: the guest was taken over, or the standby is closed. */
    LEAVE
  }

  /** Where the QEMU is that waits for a takeover. */
  private enum Machine {
    NONE,
    WAITING,
    /** It loads the state, ahead of the claim's outcome. */
    RESTORING
  }

  /** So often something may fail before the standby says that it cannot take over. */
  static final int ATTEMPTS = 3;

  private static final int NO_IMAGE = 0;

  private int images;
  private int image = NO_IMAGE;
  private Machine machine = Machine.NONE;
  private boolean isTried;
  private boolean isOver;
  private int failures;
  private String failure;
  private long committedEpoch = -1;
  private long appliedEpoch = -1;

  /** A new image comes, without anything yet; its number. */
  int newImage() {
    discard();
    image = ++images;
    return image;
  }

  /** There is no image any more. */
  void discard() {
    image = NO_IMAGE;
    machine = Machine.NONE;
    isTried = false;
    failures = 0;
    failure = null;
    committedEpoch = -1;
    appliedEpoch = -1;
  }

  /** The newest image's number. */
  int image() {
    return image;
  }

  /** The last epoch whose state is committed; -1 before. */
  long committedEpoch() {
    return committedEpoch;
  }

  /** The state of an epoch is committed. */
  void committed(long epoch) {
    committedEpoch = epoch;
  }

  /**
   * The image's memory is at an epoch.
   *
   * @return whether the keeper waits for that
   */
  boolean applied(long epoch) {
    appliedEpoch = epoch;
    return !isTried;
  }

  Job next() {
    if (isOver) {
      return Job.LEAVE;
    }
    if (image == NO_IMAGE || failure != null) {
      return Job.NONE;
    }
    if (machine == Machine.NONE) {
      return Job.START;
    }
    return !isTried && isAtOneEpoch() ? Job.TRY : Job.NONE;
  }

  /** Memory and state belong together. */
  private boolean isAtOneEpoch() {
    return committedEpoch >= 0 && appliedEpoch == committedEpoch;
  }

  /**
   * A QEMU was started on an image.
   *
   * @return false where nobody needs it
   */
  boolean started(int ofImage) {
    boolean isWanted = image == ofImage && machine == Machine.NONE && !isOver;
    machine = isWanted ? Machine.WAITING : machine;
    return isWanted;
  }

  /** The QEMU that waited has ended. */
  void ended() {
    machine = Machine.NONE;
  }

  /** A restore of an image's state worked. */
  void tried(int ofImage) {
    isTried |= image == ofImage;
  }

  /** Whether a restore of this epoch that did not work says anything: none came after it. */
  boolean isStillAt(long epoch) {
    return committedEpoch == epoch;
  }

  /** Something that is needed failed. */
  void failed(int ofImage, String what) {
    if (image == ofImage && !isTried && ++failures == ATTEMPTS) {
      failure = what;
    }
  }

  /**
   * A takeover is likely.
   *
   * @param isAlive the QEMU that waits
   * @return whether it begins to load the state now
   */
  boolean expectTakeover(boolean isAlive) {
    boolean begins = machine == Machine.WAITING && isAlive && isTried && isAtOneEpoch();
    machine = begins ? Machine.RESTORING : machine;
    return begins;
  }

  /** The guest is taken over, or all of this is closed: nothing is prepared any more. */
  void over() {
    isOver = true;
    machine = Machine.NONE;
  }

  /**
   * Whether the guest could be taken over.
   *
   * @param isAlive the QEMU that waits
   */
  Readiness readiness(boolean isAlive, boolean areDisksDurable) {
    if (failure != null) {
      return Readiness.failed(failure);
    }
    boolean isReady = isTried && machine == Machine.WAITING && isAlive && areDisksDurable;
    return isReady ? Readiness.READY : Readiness.NOT_YET;
  }
}
