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

  /** Inputs received. */
  public volatile long inputs;
}
