package org.understudy.primary.session;

/** What happened in a session, for metrics and tests; written by the agent's thread only. */
public final class SessionCounters {
  /** Inputs that found no room in the backlog: they came again. */
  public long inputsRefused;

  /** Messages of another generation or link session: dropped. */
  public long stale;

  /** Inputs received before: dropped. */
  public long duplicateInputs;

  /** Inputs that left a gap: the link session was restarted. */
  public long inputGaps;

  /** Acks of epochs that were never shipped: the peer is broken, the session was restarted. */
  public long impossibleAcks;

  /** Handshakes refused. */
  public long rejected;

  /** Initial copies started. */
  public long copies;

  /** Links resumed without a full copy. */
  public long resumes;

  /** Links lost. */
  public long linksLost;

  /** Times that this node became protected. */
  public long protections;

  /** Claims to solo that were won. */
  public long soloClaims;

  /** Own stalls longer than the time-out that led to a read of the register. */
  public long stallChecks;
}
