package org.understudy.vm.disk.label;

/** What a disk's file has, compared with the epoch in its label. */
public enum DiskState {
  /** Exactly that epoch, durable. */
  CLEAN,
  /** Perhaps more: a guest runs on it, or epochs are being applied to it. */
  AHEAD
}
