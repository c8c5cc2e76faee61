package org.understudy.simulation;

/** What the simulator does to the pair; a run fails if one of them never happened. */
public enum FaultKind {
  /** A message is lost. */
  LOSS,
  /** A message is late. */
  DELAY,
  /** A message is overtaken. */
  REORDER,
  /** A message arrives twice. */
  DUPLICATE,
  /** A checkpoint's bytes change on the way. */
  CORRUPT,
  /** Nothing passes between two nodes. */
  PARTITION,
  /** Nothing passes in one direction. */
  ONE_WAY,
  /** The peer monitor's connection closes though both processes live. */
  MONITOR_CLOSED,
  /** A connection of somebody else to the peer monitor opens and closes. */
  STRANGER,
  /** The primary's process dies in the middle of a duty cycle. */
  CRASH_PRIMARY,
  /** The backup's process dies in the middle of a duty cycle. */
  CRASH_BACKUP,
  /** The primary stands still (SIGSTOP), up to several time-outs. */
  PAUSE_PRIMARY,
  /** The backup stands still. */
  PAUSE_BACKUP,
  /** The arbiter answers late. */
  ARBITER_SLOW,
  /** The arbiter does not get the request. */
  ARBITER_UNREACHABLE,
  /** The arbiter executes the request, the answer is lost. */
  ARBITER_AFTER_THE_FACT,
  /** The primary cannot keep what is unacked: a broken link cannot be resumed. */
  RETAINED_LOST,
  /** The guest did more in one epoch than could be recorded: this copy gets no further capture. */
  CAPTURE_LOST,
  /** The link takes next to nothing. */
  SLOW_LINK,
  /** The backup's input log is full. */
  LOG_FULL,
  /** The backup cannot commit any more and says so. */
  CANNOT_COMMIT,
  /** The backup takes everything and commits nothing. */
  STUCK_COMMIT,
  /** The backup is stopped by its operator. */
  STOP_BACKUP,
  /** The guest ends in an orderly way. */
  ORDERLY_END,
  /** The operator orders a switchover. */
  SWITCHOVER,
  /** A node of another pair (another register) says Hello. */
  WRONG_REGISTER
}
