package org.understudy.simulation;

/** What the simulator does to the pair; a run fails if one of them never happened. */
public enum FaultKind {
  /** A message is lost. */
  LOSS,
  /** A message is late. */
  DELAY,
  /** A message is overtaken. */
  REORDER,
  /** A message arrives twice; on a sealed link what was recorded is said again by a stranger. */
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
  /** A process is stopped in mid-cycle, between any two actions. */
  PAUSE_IN_CYCLE,
  /** A process dies within the next actions after a change of its state, or its peer does. */
  CRASH_AT_TRANSITION,
  /** The same for a process that stands still. */
  PAUSE_AT_TRANSITION,
  /** The same for a link that is cut. */
  CUT_AT_TRANSITION,
  /** The arbiter answers late. */
  ARBITER_SLOW,
  /** The arbiter does not get the request. */
  ARBITER_UNREACHABLE,
  /** The arbiter's files are gone. */
  ARBITER_EMPTY,
  /** The arbiter's files are those of a while ago. */
  ARBITER_OLDER,
  /** Another pair's register is where this pair's was. */
  ARBITER_OTHER,
  /** The arbiter can be read, and not written: full, or without the right to. */
  ARBITER_READ_ONLY,
  /** The arbiter's answer comes after the link of who asked broke. */
  ARBITER_LATE,
  /** A backup is started with another arbiter's directory. */
  OTHER_ARBITER,
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
  /** The backup is stopped by its operator while the primary is silent. */
  STOP_IN_DOUBT,
  /** The backup is stopped again by an operator who insists. */
  STOP_TWICE,
  /** The primary is stopped by its operator, now and then again by one who insists. */
  STOP_PRIMARY,
  /** The guest fails by itself. */
  GUEST_FAILED,
  /** There is no memory for the n-th part of a checkpoint. */
  MEMORY_OUT,
  /** There is no descriptor for the n-th request to the arbiter or connection to the monitor. */
  DESCRIPTOR_OUT,
  /** There is no room for what the n-th commit writes. */
  DISK_OUT,
  /** The backup takes its time until it has found out that it could take over. */
  STANDBY_SLOW,
  /** The backup finds out that it could not take over. */
  STANDBY_UNFIT,
  /** What waits to take over is gone and does not come back. */
  STANDBY_LOST,
  /** The image does not load at once in a takeover. */
  RESTORE_FAILS,
  /** The backup finds that its image is not the guest's memory: a bad memory module, say. */
  IMAGE_WRONG,
  /** Something throws an Error in the middle of an agent's duty cycle: out of memory, say. */
  ERROR_IN_CYCLE,
  /** The guest ends in an orderly way. */
  ORDERLY_END,
  /** The operator orders a switchover. */
  SWITCHOVER,
  /** A node of another pair (another register) says Hello. */
  WRONG_REGISTER,
  /** At a dead node's address answers a node of another pair. */
  ADDRESS_TAKEN,
  /** Nothing passes in one direction, for good. */
  LASTING_ONE_WAY,
  /** Nothing passes, for good. */
  LASTING_CUT,
  /** Whoever is the backup commits nothing, for good. */
  LASTING_STUCK_COMMIT,
  /** Whoever is the backup has a full disk, for good. */
  LASTING_FULL_DISK,
  /** The arbiter is gone for good. */
  LASTING_DEAD_ARBITER,
  /** Whoever is the backup dies again and again. */
  LASTING_RESTARTS,
  /** The link stays slow. */
  LASTING_SLOW_LINK,
  /** The arbiter answers everything, and always later than anybody waits; then a node dies. */
  LASTING_SLOW_ARBITER;

  /** What running out of this is called. */
  static FaultKind of(Resource resource) {
    return switch (resource) {
      case MEMORY -> MEMORY_OUT;
      case DESCRIPTOR -> DESCRIPTOR_OUT;
      case DISK -> DISK_OUT;
    };
  }

  /** Whether it stays when the others end. */
  boolean isLasting() {
    return compareTo(LASTING_ONE_WAY) >= 0;
  }
}
