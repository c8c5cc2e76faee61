package org.understudy.lab.judge;

/** Commands that the load uses and the checker judges. */
public enum LoadCommand {
  /** Adds one to a counter; the reply is the new value. */
  INCR,
  /** Adds to the end of a string; the reply is the new length. */
  APPEND,
  /** Writes a register. */
  SET,
  /** Reads any of them. */
  GET;

  /** Whether it changes its key. */
  public boolean writes() {
    return this != GET;
  }
}
