package org.understudy.simulation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.understudy.pair.ownership.NodeId;
import org.understudy.pair.ownership.Ownership;
import org.understudy.pair.ownership.Register;

/**
 * Watches who has the guest: nobody gives it up while the register names him, unless another node
 * that the register names has it too; and a guest that is gone was taken away by faults alone. Like
 * the {@link Checker} it trusts no state machine: it looks at processes, images and the register.
 */
final class Durability {
  /** How a process came to have the guest no more. */
  private enum Fate {
    /** A fault took the process away while it had the guest. */
    KILLED,
    /** It let go of what it had, by itself. */
    GAVE_UP,
    /** It let go of a copy after it had looked: the register that it was shown did not name it. */
    NOT_NAMED,
    /** Its operator insisted. */
    FORCED
  }

  private record End(Fate fate, String how, Register then) {}

  private final World world;
  private final Map<NodeId, End> ends = new HashMap<>();
  private final Set<NodeId> forcedStops = new HashSet<>();
  private final Set<NodeId> spoilt = new HashSet<>();
  private boolean isEndOrdered;

  Durability(World world) {
    this.world = world;
  }

  /** The operator or the guest itself wants the guest to end. */
  void onEndOrdered() {
    isEndOrdered = true;
  }

  /** The register says that the guest ended: somebody has to have wanted that. */
  void onEnded(Register register) {
    if (!isEndOrdered) {
      throw new Violation("durability: nobody gave the guest up, but " + register);
    }
  }

  /** The operator stops a process for the second time: he means it. */
  void onForcedStop(SimProcess process) {
    forcedStops.add(process.id);
  }

  /** A process has a whole copy again. */
  void onWhole(SimProcess process) {
    ends.remove(process.id);
    spoilt.remove(process.id);
  }

  /** A fault made a copy worthless: whatever becomes of it is no loss any more. */
  void onSpoilt(SimProcess process) {
    onKilled(process);
    spoilt.add(process.id);
  }

  /** A process is killed; what it had is gone, whatever it was going to do. */
  void onKilled(SimProcess process) {
    if (hasGuest(process)) {
      ends.put(process.id, new End(Fate.KILLED, "was killed", world.arbiter.register));
    }
  }

  /** A process drops its image, stops its guest or ends, by itself. */
  void onGivenUp(SimProcess process, String how) {
    boolean isSaved = process.saved != null && process.saved.isOf(process.id);
    if (spoilt.contains(process.id) || isSaved) {
      return;
    }
    Register register = world.arbiter.register;
    boolean named = isNamed(process.id, register);
    Register seen = process.lookedAt();
    boolean looked = seen != null && !isNamed(process.id, seen);
    boolean forced = forcedStops.contains(process.id);
    Fate fate = forced ? Fate.FORCED : looked ? Fate.NOT_NAMED : Fate.GAVE_UP;
    ends.put(process.id, new End(fate, how, register));
    if (!named || forced || isEndOrdered || world.arbiter.isEnded()) {
      return;
    }
    if (isGuestElsewhere(process)) {
      return;
    }
    throw new Violation(
        "durability: "
            + process.id
            + " gives the guest up ("
            + how
            + "), the register says "
            + register
            + " and nobody else has it");
  }

  /** Whether another node that the register names has the guest too. */
  boolean isGuestElsewhere(SimProcess process) {
    for (SimProcess other : world.nodes) {
      if (other != process && isNamed(other.id, world.arbiter.register) && hasGuest(other)) {
        return true;
      }
    }
    return false;
  }

  /**
   * A process ends of an Error, as one that knows of another copy should: there has to be one, or
   * to have been one until a moment ago.
   */
  void onDiedOfAnError(SimProcess process) {
    // A process that stood still notices a peer's death in its own running time.
    boolean hasPeerDiedLately = process.ranNs() - process.ranAtPeersDeathNs < 4 * World.TIMEOUT_NS;
    boolean justified =
        isEndOrdered || isGuestElsewhere(process) || hasPeerDiedLately || isCopySpoilt(process);
    if (!justified && hasGuest(process) && isNamed(process.id, world.arbiter.register)) {
      throw new Violation(
          "durability: an Error ends "
              + process.id
              + ", the register says "
              + world.arbiter.register
              + " and nobody else has the guest");
    }
  }

  /** What a fault did to an image nobody knows until it is found: two faults took both copies. */
  private boolean isCopySpoilt(SimProcess process) {
    for (SimProcess other : world.nodes) {
      boolean isNamed = other != process && isNamed(other.id, world.arbiter.register);
      if (isNamed && spoilt.contains(other.id)) {
        return true;
      }
    }
    return false;
  }

  /** A process ends by itself. */
  void onExit(SimProcess process, String how) {
    if (hasGuest(process)) {
      onGivenUp(process, how);
    }
  }

  /** Whether this process could go on with the guest: it runs, or there is a committed image. */
  boolean hasGuest(SimProcess process) {
    return process.alive
        && !spoilt.contains(process.id)
        && switch (process.role) {
          case Runner primary -> !primary.isGuestStopped();
          case Holder backup -> backup.isWhole() || backup.isTakingOver();
          default -> false;
        };
  }

  private static boolean isNamed(NodeId node, Register register) {
    return named(register).contains(node);
  }

  private static List<NodeId> named(Register register) {
    return switch (register.ownership()) {
      case Ownership.Solo(NodeId owner) -> List.of(owner);
      case Ownership.Protected(NodeId primary, NodeId backup) -> List.of(primary, backup);
      case Ownership.Saved(NodeId by) -> List.of(by);
      case Ownership.Ended() -> List.of();
    };
  }

  /** Nobody whom the register names has the guest, and nothing on its way can change that. */
  boolean isGuestLost() {
    if (world.arbiter.isEnded() || world.arbiter.hasPendingWrites()) {
      return false;
    }
    List<NodeId> named = named(world.arbiter.register);
    for (SimProcess node : world.nodes) {
      boolean isOnDisk = node.saved != null && node.saved.isNamedBy(world.arbiter.register);
      if (named.contains(node.id) && hasGuest(node) || isOnDisk) {
        return false;
      }
    }
    return true;
  }

  /** The guest is lost: that is a violation unless faults took every node that had it. */
  void onLost() {
    if (isEndOrdered) {
      return;
    }
    List<String> unjustified = new ArrayList<>();
    for (NodeId node : named(world.arbiter.register)) {
      End end = ends.get(node);
      if (end == null) {
        unjustified.add(node + " never had it");
      } else if (end.fate == Fate.GAVE_UP) {
        unjustified.add(node + " gave it up (" + end.how + ") when the register said " + end.then);
      }
    }
    if (!unjustified.isEmpty()) {
      throw new Violation(
          "durability: the guest is lost, "
              + world.arbiter.register
              + ": "
              + String.join("; ", unjustified));
    }
  }
}
