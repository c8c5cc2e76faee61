package org.understudy.node.role;

import java.util.List;
import org.understudy.node.status.NodeState;
import org.understudy.node.status.NodeStatus;

/** A status in the making: the role fills in what it knows. */
final class StatusDraft {
  /** The role of a node that has the guest. */
  static final String PRIMARY = "primary";

  String role = "";
  NodeState state = NodeState.STARTING;
  String reason = "";
  String tracker = "";
  NodeStatus.OwnershipView ownership = NodeStatus.OwnershipView.NONE;
  NodeStatus.Sync sync = NodeStatus.Sync.NONE;
  NodeStatus.Replication replication = NodeStatus.Replication.NONE;
  NodeStatus.Latency latency = NodeStatus.Latency.NONE;
  NodeStatus.Memory memory = NodeStatus.Memory.NONE;
  NodeStatus.Front front = NodeStatus.Front.NONE;
  List<NodeStatus.Takeover> takeovers = List.of();
  NodeStatus.Verify verify = NodeStatus.Verify.NONE;
  NodeStatus.Vm vm;
  NodeStatus.Link link = NodeStatus.Link.NONE;
  NodeStatus.Peer peer = NodeStatus.Peer.NONE;
}
