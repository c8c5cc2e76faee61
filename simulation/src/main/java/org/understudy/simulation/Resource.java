package org.understudy.simulation;

/** What a process can run out of, at its n-th request for it. */
enum Resource {
  /** Room for a staged checkpoint. */
  MEMORY,
  /** A request to the arbiter, or a connection to the peer's monitor. */
  DESCRIPTOR,
  /** Room for what a commit writes. */
  DISK
}
