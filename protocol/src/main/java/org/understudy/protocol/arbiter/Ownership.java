package org.understudy.protocol.arbiter;

/** Who may release output: the mode of the register. */
public sealed interface Ownership {
  /** One node runs the guest without a backup. */
  record Solo(NodeId owner) implements Ownership {}

  /** The primary runs the guest; only this backup, which holds a complete image, may take over. */
  record Protected(NodeId primary, NodeId backup) implements Ownership {}

  /** The guest ended in an orderly way and must not be revived. */
  record Ended() implements Ownership {}
}
