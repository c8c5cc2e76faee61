package org.understudy.vm.disk.primary;

/** What the answer to a flush means. */
public enum DiskMode {
  /** The data is durable on this node: there is nobody else who has it. */
  SOLO,
  /**
   * The flush is ordered in file and log; an fdatasync follows in the background. QEMU flushes at
   * every pause, and the guest's output waits for the backup's commit anyway.
   */
  PROTECTED
}
