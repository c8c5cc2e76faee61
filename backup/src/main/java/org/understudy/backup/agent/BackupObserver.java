package org.understudy.backup.agent;

/** What a backup reports; implementations neither block nor allocate, but for digests. */
public interface BackupObserver {
  /** Reports to nobody. */
  BackupObserver NONE = new BackupObserver() {};

  /** Digests of the primary's memory and of the image at one epoch. */
  default void onVerified(long epoch, byte[] primary, byte[] image) {}

  /** The first reply after a takeover was written; on the guest's thread. */
  default void onFirstReply(long atNs) {}
}
