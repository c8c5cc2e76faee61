package org.understudy.node.status;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/** What a node is doing, in the words of every view of status. */
public enum NodeState {
  /** The process starts. */
  @JsonProperty("starting")
  STARTING,
  /** Waits for the peer. */
  @JsonProperty("connecting")
  CONNECTING,
  /** The initial copy runs; not protected yet. */
  @JsonProperty("syncing")
  SYNCING,
  /** Primary or backup of a protected guest. */
  @JsonProperty("protected")
  PROTECTED,
  /** The link is broken and may come back. */
  @JsonProperty("link-lost")
  LINK_LOST,
  /** A claim is pending at the arbiter; output waits. */
  @JsonProperty("claiming")
  CLAIMING,
  /** The claim was won: image, restore, replay. */
  @JsonProperty("taking-over")
  TAKING_OVER,
  /** Runs the guest without a backup: unprotected. */
  @JsonProperty("solo")
  SOLO,
  /** Another node owns the guest; nothing of this one is visible. */
  @JsonProperty("fenced")
  FENCED,
  /** Ended in an orderly way. */
  @JsonProperty("ended")
  ENDED,
  /** Stopped by an error. */
  @JsonProperty("failed")
  FAILED,
  /** A switchover: the guest is paused, its last epoch is on its way or the backup claims. */
  @JsonProperty("switching-over")
  SWITCHING_OVER,
  /** The guest runs on the node that was its backup, as it was ordered. */
  @JsonProperty("moved")
  MOVED,
  /** The node is stopped, nobody else has the guest: it is paused and being written down. */
  @JsonProperty("saving")
  SAVING,
  /** The guest is written down, for a later start of this node. */
  @JsonProperty("saved")
  SAVED;

  /** The word of every view of status. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
