package org.understudy.simulation;

import java.util.function.Function;
import org.understudy.checkpoint.memory.GuestMemory;
import org.understudy.pair.ownership.NodeId;
import org.understudy.pair.ownership.Ownership;
import org.understudy.pair.ownership.Register;
import org.understudy.simulation.agents.AgentDisk;
import org.understudy.simulation.agents.AgentGuest;

/** Starts of processes with real agents. */
final class AgentStart {
  private AgentStart() {}

  static SimProcess.Role primary(SimProcess process, Register register) {
    return primary(process, register, AgentStart::newGuest, 0);
  }

  /** The primary of a guest that is made when the node is there. */
  static SimProcess.Role primary(
      SimProcess process,
      Register register,
      Function<AgentNode, AgentGuest> newGuest,
      long lastInput) {
    AgentNode node = new AgentNode(process);
    node.calls.onStart(register);
    AgentPrimary primary = new AgentPrimary(node, newGuest.apply(node), register, lastInput);
    primary.startGuest();
    primary.begin();
    return primary;
  }

  static SimProcess.Role backup(SimProcess process) {
    AgentNode node = new AgentNode(process);
    node.calls.onStart(registerAtStart(process));
    return new AgentBackup(node);
  }

  /** What the process read of its register when it started; null if nothing was written yet. */
  private static Register registerAtStart(SimProcess process) {
    if (process.registerId == World.REGISTER_ID) {
      return process.world.arbiter.register;
    }
    NodeId elsewhere = new NodeId("elsewhere", 5);
    return process.registerId == 0
        ? null
        : new Register(process.registerId, 1, new Ownership.Solo(elsewhere));
  }

  private static AgentGuest newGuest(AgentNode node) {
    GuestMemory memory = node.memory.newMemory();
    return node.world.machine
        ? node.newMachine(memory, new AgentDisk())
        : node.newService(memory, 0);
  }
}
