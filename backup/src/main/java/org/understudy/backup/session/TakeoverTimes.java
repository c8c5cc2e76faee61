package org.understudy.backup.session;

/** When each part of a takeover was done, in the nanoseconds that were passed in; 0 = not yet. */
public final class TakeoverTimes {
  /** The primary was found dead and the claim was sent. */
  public long detectedNs;

  /** The claim was won. */
  public long claimedNs;

  /** Everything committed is in the image. */
  public long appliedNs;

  /** The guest is restored. */
  public long restoredNs;

  /** The input log is replayed. */
  public long replayedNs;
}
