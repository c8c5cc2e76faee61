package org.understudy.simulation;

import java.nio.ByteOrder;
import java.util.Optional;
import org.understudy.checkpoint.guest.Capture;
import org.understudy.checkpoint.memory.GuestMemory;
import org.understudy.pair.ownership.Register;
import org.understudy.primary.agent.GuestSaver;
import org.understudy.simulation.agents.AgentGuest;

/** Writes a guest of the real agents down: for some time, on a disk that may be full. */
final class AgentSaver implements GuestSaver {
  private static final String FULL = "the disk is full";

  private final AgentNode node;
  private final AgentGuest guest;
  private boolean isWriting;
  private String outcome;
  private long toldAtNs;

  AgentSaver(AgentNode node, AgentGuest guest) {
    this.node = node;
    this.guest = guest;
  }

  @Override
  public String obstacle() {
    node.step();
    return node.isDiskFull() || node.chance(0.05) ? FULL : null;
  }

  @Override
  public void begin(Register register, GuestMemory memory, Capture capture) {
    node.step();
    World world = node.world;
    isWriting = true;
    long takesNs = world.between(0, World.TIMEOUT_NS * (world.chance(0.3) ? 6 : 1));
    world.after(takesNs, () -> write(capture));
  }

  private void write(Capture capture) {
    World world = node.world;
    if (node.isGone() || guest.isStopped()) {
      return;
    }
    toldAtNs = world.now + world.between(0, World.TIMEOUT_NS);
    if (!isWriting) {
      outcome = "it was given up";
    } else if (node.process.diskFull || world.chance(0.1)) {
      outcome = FULL;
    } else {
      long cut = capture.deviceState().getLong(0, ByteOrder.LITTLE_ENDIAN);
      node.requireSame(cut, guest.memory().segment(), "saving: the memory");
      node.process.saved = new AgentSave(node, guest, capture);
      outcome = "";
    }
    isWriting = false;
  }

  @Override
  public Optional<String> outcome() {
    return node.world.now < toldAtNs ? Optional.empty() : Optional.ofNullable(outcome);
  }

  @Override
  public boolean abandon() {
    node.step();
    if (node.process.saved != null && node.process.saved.isOf(node.process.id)) {
      return false;
    }
    isWriting = false;
    return true;
  }
}
