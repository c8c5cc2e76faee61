package org.understudy.node.config;

/** How long epochs are. */
public enum EpochMode {
  /** Like a group commit: the next capture starts when something waits for it. */
  ADAPTIVE,
  /** A constant length. */
  FIXED
}
