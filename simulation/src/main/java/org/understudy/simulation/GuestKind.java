package org.understudy.simulation;

/** What the model guest is like. */
enum GuestKind {
  /** Clients at the backup's front, output with the checkpoint. */
  SERVICE,
  /** The same, deterministic: output leaves ahead of its checkpoint. */
  LLM,
  /** Clients at the guest's own address, output at the primary's gate, a disk. */
  MACHINE
}
