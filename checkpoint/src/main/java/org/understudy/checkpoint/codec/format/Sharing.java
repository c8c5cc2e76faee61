package org.understudy.checkpoint.codec.format;

/** Whether content that the backup already holds elsewhere is sent as a reference. */
public enum Sharing {
  /** Never looked for. */
  OFF,
  /** Always looked for. */
  ON,
  /** Looked for while it pays; tried again from time to time. */
  AUTO
}
