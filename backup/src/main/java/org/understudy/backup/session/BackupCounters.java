package org.understudy.backup.session;

/** What happened in a session, for metrics and tests; written by the agent's thread only. */
public final class BackupCounters {
  /** Messages of another generation or link session: dropped. */
  public long stale;

  /** Checkpoints or outputs received before: dropped. */
  public long duplicates;

  /** Checkpoints whose order or checksum was wrong: never applied. */
  public long corrupt;

  /** Epochs committed. */
  public long commits;

  /** Full copies started. */
  public long copies;

  /** Links resumed without a full copy. */
  public long resumes;

  /** Links lost. */
  public long linksLost;

  /** Handshakes refused by the primary. */
  public long rejected;

  /** Times that the register named this node. */
  public long protections;

  /** Own stalls longer than the time-out that led to a read of the register. */
  public long stallChecks;
}
