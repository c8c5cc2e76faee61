package org.understudy.simulation;

import org.understudy.pair.ownership.NodeId;
import org.understudy.pair.ownership.Register;

/** A model guest on a disk. */
final class ModelSave extends SimSave {
  private final SimGuest state;

  ModelSave(World world, SimGuest guest, NodeId by) {
    super(by);
    state = guest.copy(world);
  }

  @Override
  GuestHistory history() {
    return state.history;
  }

  @Override
  SimProcess.Role goOn(SimProcess process, Register register) {
    return new SimPrimary(process, state.copy(process.world), register, state.inputPosition);
  }
}
