package org.understudy.node.role;

import java.io.IOException;
import org.agrona.concurrent.UnsafeBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.checkpoint.guest.Guest;
import org.understudy.checkpoint.guest.GuestFactory;
import org.understudy.checkpoint.memory.GuestMemory;
import org.understudy.node.config.NodeConfig;
import org.understudy.node.program.ExitCode;
import org.understudy.node.program.UserError;
import org.understudy.node.save.SaveDirectory;
import org.understudy.node.save.SavedGuest;
import org.understudy.pair.ownership.NodeId;
import org.understudy.pair.ownership.Ownership;
import org.understudy.pair.ownership.Register;

/** The guest that was put aside at this node, where the register says that it is the guest. */
final class SavedStart {
  private static final Logger LOG = LoggerFactory.getLogger("understudy.save");

  private final SaveDirectory directory;
  private final SavedGuest saved;

  private SavedStart(SaveDirectory directory, SavedGuest saved) {
    this.directory = directory;
    this.saved = saved;
  }

  /**
   * Looks what lies there.
   *
   * @throws UserError if it is needed and damaged
   */
  static SavedStart look(NodeConfig.Node node, Register current, boolean isGivenUp) {
    SaveDirectory directory = new SaveDirectory(node.saveDirectory());
    try {
      SavedGuest found = directory.find().orElse(null);
      boolean isTheGuest = found != null && !isGivenUp && found.isNamedBy(current);
      return new SavedStart(directory, isTheGuest ? found : null);
    } catch (IOException e) {
      if (!isGivenUp && isNeeded(node.name(), current)) {
        throw refused(e);
      }
      LOG.warn("{}; the register does not need it", e.getMessage());
      return new SavedStart(directory, null);
    }
  }

  private static boolean isNeeded(String name, Register current) {
    return current != null
        && switch (current.ownership()) {
          case Ownership.Saved(NodeId by) -> by.name().equals(name);
          case Ownership.Solo(NodeId owner) -> owner.name().equals(name);
          case Ownership.Protected _, Ownership.Ended _ -> false;
        };
  }

  private static UserError refused(Exception e) {
    return new UserError(
        ExitCode.REFUSED, "the guest that was saved here cannot go on: " + e.getMessage(), e);
  }

  /** Whether this node is to go on with it. */
  boolean isHere() {
    return saved != null;
  }

  /** Before the register names this process: whatever fails from then on, it is still the guest. */
  void adopt(NodeId self) {
    try {
      directory.adopt(saved, self);
    } catch (IOException e) {
      throw refused(e);
    }
  }

  /** Makes a guest of it that does not run yet; nothing is saved any more when this returns. */
  Guest restore(RoleContext context) {
    GuestFactory factory = context.guests().factory(context.guests().newFront());
    GuestMemory memory = null;
    try {
      directory.check(saved, factory.description());
      memory = context.guests().newGuestMemory();
      byte[] device = directory.load(saved, memory);
      Guest guest =
          factory.restoreSaved(
              memory,
              new UnsafeBuffer(device),
              device.length,
              saved.inputPosition(),
              saved.stampNs());
      memory = null; // the guest's
      discard(guest);
      LOG.info("goes on with the guest that was saved in {}: {}", directory.path(), saved);
      return guest;
    } catch (UserError e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw refused(e);
    } finally {
      if (memory != null) {
        memory.close();
      }
    }
  }

  /** A guest that runs on beside what was saved of it would be two. */
  private void discard(Guest guest) throws IOException {
    try {
      directory.discard();
    } catch (IOException e) {
      guest.close();
      throw e;
    }
  }

  /** Generation of the register in which it ran last; 0 where nothing is saved. */
  long generation() {
    return saved == null ? 0 : saved.generation();
  }

  /** Last input of a backup's log that it consumed. */
  long inputPosition() {
    return saved.inputPosition();
  }
}
