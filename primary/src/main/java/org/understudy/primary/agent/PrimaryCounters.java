package org.understudy.primary.agent;

/** What a primary has done; written by the agent's thread, read by any (values may lag). */
public final class PrimaryCounters {
  /** Captured dirty pages of epochs 1 and later. */
  public volatile long dirtyPages;

  /** Pages that the guest copied because it wrote them before they were encoded. */
  public volatile long cowPages;

  /** Rounds of initial copies shipped. */
  public volatile long rounds;

  /** Bytes sent again by resumes. */
  public volatile long resentBytes;

  /** Code of the state that the backup's last heartbeat named, -1 before the first. */
  public volatile int peerState = -1;

  /** Where the backup that called last lets clients connect. */
  public volatile String peerFront = "";

  /** Why a backup was refused for good, the last time; empty if none was. */
  public volatile String refusal = "";

  /** Inputs received. */
  public volatile long inputs;
}
