package org.understudy.pair.ownership;

/** Who may release output: the mode of the register. */
public sealed interface Ownership {
  /** One node runs the guest without a backup. */
  record Solo(NodeId owner) implements Ownership {}

  /** The primary runs the guest; only this backup, which holds a complete image, may take over. */
  record Protected(NodeId primary, NodeId backup) implements Ownership {}

  /** The guest stands still, written down at this node: a later start of it goes on. */
  record Saved(NodeId by) implements Ownership {}

  /** The guest ended in an orderly way and must not be revived. */
  record Ended() implements Ownership {}

  /** Whether the guest runs on this node. */
  default boolean runsOn(NodeId node) {
    return switch (this) {
      case Solo(NodeId owner) -> owner.equals(node);
      case Protected(NodeId primary, NodeId backup) -> primary.equals(node);
      case Saved _, Ended() -> false;
    };
  }
}
