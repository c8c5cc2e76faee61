package org.understudy.simulation;

/** Errors that are planted in the model agents, to prove that the simulator finds them. */
public enum PlantedFault {
  /** None: the real thing. */
  NONE,
  /** The backup acks an epoch when it begins. */
  ACK_BEFORE_WHOLE,
  /** The primary's gate releases an epoch when it was shipped. */
  RELEASE_BEFORE_ACK,
  /** The backup's front releases output before the epoch is verified. */
  RELEASE_BEFORE_VERIFIED,
  /** A claim counts as won without asking the arbiter. */
  SKIP_CLAIM,
  /** The register is replaced whatever its generation: solo registers too. */
  BLIND_WRITE,
  /** An answer that was lost counts as a won claim. */
  UNKNOWN_IS_WON,
  /** Batches go into the image before the epoch is checked. */
  APPLY_BEFORE_CHECK,
  /** A takeover leaves out what was committed but not yet applied. */
  APPLY_FORGOTTEN,
  /** A takeover replays the whole log, whatever the image covers. */
  FORGET_INPUT_POSITION,
  /** A takeover replays nothing. */
  FORGET_REPLAY,
  /** After a resume inputs are sent again from the last commit, and taken again. */
  RESEND_FROM_COMMIT,
  /** The gate opens when the claim is sent, not when it is won. */
  OPEN_BEFORE_WON,
  /** The gate is not closed at epoch 0. */
  GATE_LEFT_OPEN,
  /** A claiming backup goes on acking what arrives. */
  ACK_WHILE_CLAIMING,
  /** Acks of any generation and link session count. */
  STALE_ACK_COUNTS,
  /** A new copy is encoded against the shadow of the one before. */
  SHADOW_KEPT,
  /** llm: what left beyond the commit is sent again after a takeover. */
  NOT_SUPPRESSED,
  /** llm: clients of the primary's own front stay, though no log has their inputs. */
  LOCAL_CLIENTS_KEPT,
  /** An input for which the log has no room is forgotten. */
  INPUT_DROPPED,
  /** A switchover's guest goes on after its last epoch. */
  SWITCHOVER_WITHOUT_PAUSE,
  /** The backup is told to claim when the last epoch is shipped, not when it is committed. */
  HANDOVER_BEFORE_COMMIT,
  /** A switchover that comes to nothing: the guest goes on unprotected before solo is won. */
  GO_ON_BEFORE_WON,
  /** A backup whose link breaks ends, with the image that it has. */
  IMAGE_DROPPED_WITH_LINK,
  /** A restore that does not load at once is not tried again. */
  RESTORE_TRIED_ONCE,
  /** What rounds of the initial copy carry of the disk is forgotten. */
  DISK_OF_ROUNDS_FORGOTTEN,
  /** A machine's frames of one epoch leave with the ack of the one before. */
  FRAMES_ONE_EPOCH_EARLY,
  /** The guest does not go on after a takeover. */
  NOT_RESUMED
}
