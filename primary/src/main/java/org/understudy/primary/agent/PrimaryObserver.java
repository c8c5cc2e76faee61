package org.understudy.primary.agent;

/** What a primary reports; implementations neither block nor allocate. */
public interface PrimaryObserver {
  /** Reports to nobody. */
  PrimaryObserver NONE = new PrimaryObserver() {};

  /** The guest runs on after the capture of an epoch (guest's thread; all others: agent's). */
  default void onResumed(long pauseNs) {}

  /** A capture was taken. */
  default void onCaptured(long epoch, int dirtyPages, long sinceLastNs) {}

  /** A capture is encoded to its end. */
  default void onEncoded(long epoch, long encodeNs) {}

  /** The first output of an epoch waited so long for the epoch's ack. */
  default void onOutputReleased(long epoch, long heldNs) {}

  /** An epoch was acked, so long after its capture. */
  default void onCommitted(long epoch, long commitNs) {}
}
