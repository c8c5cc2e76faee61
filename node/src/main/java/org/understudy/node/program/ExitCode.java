package org.understudy.node.program;

/** How the program ends. The numbers are an interface: documented, never renumbered. */
public final class ExitCode {
  /** Did what it was asked for. */
  public static final int OK = 0;

  /** Tried and failed; the last line on stderr says why. */
  public static final int FAILED = 1;

  /** The command line makes no sense. */
  public static final int USAGE = 2;

  /**
   * Refused because it would not be safe (version or size mismatch, used port, unclear owner), or
   * because the machine lacks what the command needs.
   */
  public static final int REFUSED = 3;

  /** There is no node in the directory that was named. */
  public static final int NO_NODE = 4;

  /** The arbiter cannot be read or written. */
  public static final int ARBITER_UNREACHABLE = 5;

  /** The node does not run: its process is dead, has ended, or hangs. */
  public static final int NOT_RUNNING = 7;

  /** The configuration is invalid; the message names the key. */
  public static final int CONFIGURATION_INVALID = 10;

  /** Another node owns the guest: this one lost its claim and stopped. */
  public static final int FENCED = 11;

  /** The guest moved to the backup, as ordered: this node can be started as its backup. */
  public static final int MOVED = 12;

  /** A thread of the node died: a defect, or no memory; the log says which thread and why. */
  public static final int BROKEN = 13;

  /** What was waited for did not come in time, as of timeout(1). */
  public static final int TIMED_OUT = 124;

  /** Interrupted by Ctrl-C. */
  public static final int INTERRUPTED = 130;

  private ExitCode() {}
}
