package org.understudy.node.role;

import org.understudy.backup.agent.ImageMemory;
import org.understudy.checkpoint.guest.ClientFront;
import org.understudy.checkpoint.guest.GuestDescription;
import org.understudy.checkpoint.guest.GuestFactory;
import org.understudy.checkpoint.memory.GuestMemory;
import org.understudy.node.config.NodeConfig;
import org.understudy.node.save.GuestWriter;
import org.understudy.node.save.SaveDirectory;
import org.understudy.primary.agent.GuestSaver;
import org.understudy.vm.machine.OwnershipView;

/** Makes what the configured guest type needs: factory, front, memory. */
interface GuestKit extends AutoCloseable {
  /** For the guest of this node. */
  static GuestKit of(NodeConfig config, OwnershipView ownership) {
    return config.guest().isVm() ? new VmKit(config, ownership) : new ServiceKit(config, ownership);
  }

  /** The front of this node, not accepting yet. */
  ClientFront newFront();

  /** A factory whose guests drive this front. */
  GuestFactory factory(ClientFront front);

  /** Tries on little memory what a takeover will need; throws what goes wrong. */
  void rehearse();

  /**
   * Where a backup's images get their memory.
   *
   * @param registerId of the guest's register; 0 where it was never written
   */
  ImageMemory imageMemory(long registerId);

  /** Zeroed memory for a guest that runs here. */
  GuestMemory newGuestMemory();

  /** Writes a guest of this type down; refuses where that cannot be. */
  default GuestSaver saver(RoleContext context, GuestDescription guest) {
    SaveDirectory directory = new SaveDirectory(context.config().node().saveDirectory());
    return new GuestWriter(directory, context.self(), guest, context.wakeUp());
  }

  /** Adds what only this type has to tell. */
  default void describe(StatusDraft draft) {}

  /** Ends what waits for a takeover that does not come any more. */
  @Override
  void close();
}
