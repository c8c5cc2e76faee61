package org.understudy.simulation;

import org.understudy.primary.session.PrimaryState;

/** Runs one seed: a phase with faults, then healing, then the pair must serve again. */
public final class Simulation {
  private static final long FAULT_PHASE_NS = World.TIMEOUT_NS * 60;
  private static final long LIVENESS_BOUND_NS = World.TIMEOUT_NS * 120;

  private Simulation() {}

  /**
   * Runs one seed.
   *
   * @throws Violation naming the invariant that does not hold
   */
  public static Statistics run(long seed, PlantedFault planted, boolean trace) {
    World world = new World(seed, planted, trace);
    try {
      run(world);
    } catch (Violation violation) {
      throw new Violation("seed " + seed + ": " + violation.getMessage());
    } catch (RuntimeException bug) {
      throw new IllegalStateException(
          "seed " + seed + " at " + world.now / 1_000_000 + " ms: " + bug, bug);
    }
    world.statistics.simulatedNs = world.now;
    return world.statistics;
  }

  private static void run(World world) {
    FaultPlan faults = new FaultPlan(world);
    long end = FAULT_PHASE_NS;
    while (world.now < end && !world.isGuestLost() && !world.arbiter.isEnded()) {
      world.runUntil(Math.min(end, world.now + World.TIMEOUT_NS));
    }
    world.log(-1, "healing");
    faults.heal();
    if (world.arbiter.isEnded()) {
      endOf(world);
    } else if (world.isGuestLost()) {
      world.statistics.guestsLost++;
    } else {
      liveness(world);
    }
  }

  /** Every node hears of the end, and nobody revives the guest. */
  private static void endOf(World world) {
    world.statistics.guestsEnded++;
    world.runUntil(world.now + World.TIMEOUT_NS * 20);
    for (SimProcess node : world.nodes) {
      if (node.alive && node.role instanceof SimPrimary) {
        throw new Violation("ended: the guest still runs on " + node.id);
      }
    }
  }

  private static void liveness(World world) {
    boolean settled = world.runUntil(() -> isServing(world), LIVENESS_BOUND_NS);
    if (world.arbiter.isEnded()) {
      endOf(world);
      return;
    }
    if (!settled) {
      if (world.isGuestLost()) {
        world.statistics.guestsLost++;
        return;
      }
      throw new Violation("liveness: not protected again after healing: " + describe(world));
    }
    long[] before = new long[world.clients.length];
    for (int i = 0; i < before.length; i++) {
      before[i] = world.clients[i].answers;
    }
    boolean served =
        world.runUntil(
            () -> {
              for (int i = 0; i < before.length; i++) {
                if (world.clients[i].answers < before[i] + 3) {
                  return false;
                }
              }
              return true;
            },
            LIVENESS_BOUND_NS);
    if (!served && !world.arbiter.isEnded() && !world.isGuestLost()) {
      throw new Violation("liveness: clients are not served after healing: " + describe(world));
    }
    SimProcess owner = world.owner();
    if (owner != null && owner.role instanceof SimPrimary primary) {
      world.checker.onSurvivor(owner, primary.guest.history);
    }
  }

  /** Protected, if there is a second node; every node has a place. */
  private static boolean isServing(World world) {
    SimProcess owner = world.owner();
    return world.arbiter.isEnded()
        || owner != null
            && owner.role instanceof SimPrimary primary
            && primary.session.state() == PrimaryState.PROTECTED
            && world.namedBackup() != null;
  }

  private static String describe(World world) {
    StringBuilder text = new StringBuilder(world.arbiter.register.toString());
    for (SimProcess node : world.nodes) {
      text.append("; ").append(node.id).append(node.alive ? " " : " dead ");
      text.append(node.role.describe());
    }
    return text.toString();
  }
}
