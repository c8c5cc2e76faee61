package org.understudy.node.role;

import java.io.IOException;
import java.util.function.Supplier;
import org.understudy.node.program.ExitCode;
import org.understudy.node.program.UserError;
import org.understudy.pair.arbiter.Arbiter;
import org.understudy.pair.ownership.NodeId;
import org.understudy.pair.ownership.Ownership;
import org.understudy.pair.ownership.Register;
import org.understudy.vm.machine.OwnershipView;

/** What the register says, for the disks of a machine. */
final class NodeOwnership implements OwnershipView {
  private final NodeId self;
  private final Register previous;
  private final Supplier<Register> lastSeen;
  private final Arbiter arbiter;
  private final long savedGeneration;

  /**
   * The view of one process.
   *
   * @param previous the register as this process found it; null if it was never written
   * @param lastSeen the register as it was seen last, or null
   * @param savedGeneration of the register in which a guest that was saved here ran last; 0 if none
   *     was
   */
  NodeOwnership(
      NodeId self,
      Register previous,
      Supplier<Register> lastSeen,
      Arbiter arbiter,
      long savedGeneration) {
    this.self = self;
    this.previous = previous;
    this.lastSeen = lastSeen;
    this.arbiter = arbiter;
    this.savedGeneration = savedGeneration;
  }

  private Register register() {
    Register seen = lastSeen.get();
    if (seen != null) {
      return seen;
    }
    try {
      // A backup that was started before its primary has seen none yet.
      return arbiter.read().orElseThrow(() -> new IOException("it was never written"));
    } catch (IOException e) {
      throw new UserError(
          ExitCode.ARBITER_UNREACHABLE, "the register cannot be read: " + e.getMessage(), e);
    }
  }

  @Override
  public long registerId() {
    return register().registerId();
  }

  @Override
  public long generation() {
    return register().generation();
  }

  /**
   * A guest that was saved, ended, or ran here alone, left its files as the guest's; the end is the
   * write after the generation in which they were written.
   */
  @Override
  public long writtenSince() {
    if (savedGeneration > 0) {
      return savedGeneration;
    }
    return switch (previous == null ? null : previous.ownership()) {
      case Ownership.Solo(NodeId owner) when owner.name().equals(self.name()) ->
          previous.generation();
      case Ownership.Ended() -> Math.max(1, previous.generation() - 1);
      case null, default -> generation();
    };
  }

  @Override
  public boolean isAlone() {
    Register seen = lastSeen.get();
    return seen != null
        && seen.ownership() instanceof Ownership.Solo(NodeId owner)
        && owner.equals(self);
  }

  @Override
  public boolean wasAlone() {
    return previous != null
        && previous.ownership() instanceof Ownership.Solo(NodeId owner)
        && owner.name().equals(self.name());
  }

  @Override
  public boolean isProtected() {
    Register seen = lastSeen.get();
    return seen != null
        && seen.ownership() instanceof Ownership.Protected(NodeId primary, NodeId backup)
        && primary.equals(self);
  }
}
