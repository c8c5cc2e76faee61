package org.understudy.simulation;

import java.util.HashSet;
import java.util.Set;
import org.understudy.pair.ownership.NodeId;
import org.understudy.pair.ownership.Ownership;
import org.understudy.pair.ownership.Register;

/** A guest on a node's disk, which outlives its process. */
abstract class SimSave {
  private final Set<NodeId> processes = new HashSet<>();

  SimSave(NodeId by) {
    processes.add(by);
  }

  /** What the guest has been through. */
  abstract GuestHistory history();

  /** A later process of the node goes on with it. */
  abstract SimProcess.Role goOn(SimProcess process, Register register);

  /** Whether the register says that this is the guest. */
  boolean isNamedBy(Register register) {
    return switch (register.ownership()) {
      case Ownership.Saved(NodeId by) -> processes.contains(by);
      case Ownership.Solo(NodeId owner) -> processes.contains(owner);
      case Ownership.Protected _, Ownership.Ended _ -> false;
    };
  }

  boolean isOf(NodeId process) {
    return processes.contains(process);
  }

  /** Also of a process that is about to go on with it. */
  void adopt(NodeId process) {
    processes.add(process);
  }
}
