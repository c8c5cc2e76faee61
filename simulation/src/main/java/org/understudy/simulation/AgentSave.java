package org.understudy.simulation;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.understudy.checkpoint.guest.Capture;
import org.understudy.checkpoint.memory.GuestMemory;
import org.understudy.pair.ownership.Register;
import org.understudy.simulation.agents.AgentDisk;
import org.understudy.simulation.agents.AgentGuest;
import org.understudy.simulation.agents.MachineLikeGuest;
import org.understudy.simulation.agents.ServiceLikeGuest;

/** A guest of the real agents on a disk: its memory, and what else a start needs of it. */
final class AgentSave extends SimSave {
  private final byte[] memory;
  private final AgentDisk disk;
  private final GuestHistory history;
  private final long inputPosition;
  private final long stampNs;

  AgentSave(AgentNode node, AgentGuest guest, Capture capture) {
    super(node.process.id);
    memory = guest.memory().segment().toArray(ValueLayout.JAVA_BYTE);
    disk = guest instanceof MachineLikeGuest machine ? machine.copyOfDisk() : null;
    history = node.world.captures.entry(guest.entry());
    inputPosition = capture.inputPosition();
    stampNs = capture.stampNs();
  }

  @Override
  GuestHistory history() {
    return history;
  }

  @Override
  SimProcess.Role goOn(SimProcess process, Register register) {
    return AgentStart.primary(process, register, this::restore, inputPosition);
  }

  private AgentGuest restore(AgentNode node) {
    GuestMemory image = node.memory.newMemory();
    MemorySegment.copy(memory, 0, image.segment(), ValueLayout.JAVA_BYTE, 0, memory.length);
    if (disk != null) {
      return node.newMachine(image, disk.copy());
    }
    ServiceLikeGuest made = node.newService(image, stampNs);
    made.restoredAt(inputPosition);
    return made;
  }
}
