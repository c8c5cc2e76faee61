package org.understudy.simulation;

import java.util.Set;
import org.understudy.backup.session.BackupState;
import org.understudy.primary.session.PrimaryState;

/**
 * Runs one seed: a phase with faults; then, in some seeds, one fault stays for good and the owner
 * must serve all the same; then everything heals, and the pair must be whole and serve again.
 */
public final class Simulation {
  private static final long FAULT_PHASE_NS = World.TIMEOUT_NS * 60;
  private static final long LIVENESS_BOUND_NS = World.TIMEOUT_NS * 120;
  private static final int ANSWERS = 3;

  private final World world;
  private final FaultPlan faults;

  private Simulation(World world) {
    this.world = world;
    faults = new FaultPlan(world);
  }

  /**
   * Runs one seed.
   *
   * @throws Violation naming the invariant that does not hold
   */
  public static Statistics run(long seed, PlantedFault planted, boolean trace) {
    return run(seed, planted, trace, Set.of(), partsFor(planted));
  }

  /** What is planted in the model is in no agent. */
  static Parts partsFor(PlantedFault planted) {
    return planted == PlantedFault.NONE ? Parts.MIXED : Parts.SESSIONS;
  }

  /**
   * The same without some kinds of faults.
   *
   * @throws Violation naming the invariant that does not hold
   */
  public static Statistics run(
      long seed, PlantedFault planted, boolean trace, Set<FaultKind> without, Parts parts) {
    World world = new World(seed, planted, trace, without, parts.areAgents(seed));
    try {
      new Simulation(world).run();
    } catch (Violation violation) {
      world.log(-1, "VIOLATION " + violation.getMessage());
      throw found(world, "seed " + seed + ": " + violation.getMessage(), violation);
    } catch (RuntimeException bug) {
      String at = "seed " + seed + " at " + world.now / 1_000_000 + " ms: ";
      throw found(world, at + "a session throws " + bug, bug);
    } finally {
      world.dispose();
    }
    world.statistics.simulatedNs = world.now;
    world.statistics.agentRuns = world.agents ? 1 : 0;
    return world.statistics;
  }

  private static Violation found(World world, String message, Throwable cause) {
    Violation violation = new Violation(message, cause);
    violation.statistics = world.statistics;
    return violation;
  }

  private void run() {
    while (world.now < FAULT_PHASE_NS && !isOver()) {
      world.runUntil(Math.min(FAULT_PHASE_NS, world.now + World.TIMEOUT_NS / 4));
    }
    world.log(-1, "healing");
    LastingFault lasting = LastingFault.draw(world);
    faults.heal();
    if (lasting != null && !isOver()) {
      underLasting(lasting);
    }
    if (!isOver()) {
      awaitPair();
      awaitAnswers("after healing");
    }
    finish();
  }

  /** Ended or lost: nothing is to be expected of the pair any more. */
  private boolean isOver() {
    return world.arbiter.isEnded() || world.durability.isGuestLost();
  }

  private void finish() {
    if (world.arbiter.isEnded()) {
      endOf();
    } else if (world.durability.isGuestLost()) {
      world.statistics.guestsLost++;
      world.durability.onLost();
    } else {
      SimProcess owner = world.owner();
      if (owner != null && owner.role instanceof Runner primary) {
        world.checker.onSurvivor(owner, primary.history());
      }
    }
  }

  /** Every node hears of the end, and nobody revives the guest. */
  private void endOf() {
    world.statistics.guestsEnded++;
    world.runUntil(world.now + World.TIMEOUT_NS * 20);
    for (SimProcess node : world.nodes) {
      if (node.alive && node.role instanceof Runner) {
        throw new Violation("ended: the guest still runs on " + node.id);
      }
    }
  }

  /** Twice in a row, since serving for a moment now and then is not serving. */
  private void underLasting(LastingFault lasting) {
    if (!lasting.mayComeAtOnce()) {
      awaitPair();
      world.runUntil(world.now + World.TIMEOUT_NS * 10);
      awaitPair();
    }
    if (isOver()) {
      return;
    }
    lasting.begin();
    for (int i = 0; i < 2; i++) {
      awaitAnswers("under " + lasting);
      world.runUntil(world.now + World.TIMEOUT_NS * 10);
    }
    lasting.end();
    faults.heal();
  }

  /** Protected, if there is a second node. */
  private void awaitPair() {
    if (!world.runUntil(() -> isOver() || isWhole(), LIVENESS_BOUND_NS)) {
      throw new Violation("liveness: not protected again after healing: " + describe());
    }
  }

  private boolean isWhole() {
    SimProcess owner = world.owner();
    return owner != null
        && owner.role instanceof Runner primary
        && primary.session().state() == PrimaryState.PROTECTED
        && world.namedBackup() != null
        && world.namedBackup().role instanceof Holder backup
        && backup.session().state() == BackupState.PROTECTED
        && world.durability.hasGuest(world.namedBackup());
  }

  private void awaitAnswers(String when) {
    long[] before = new long[world.clients.length];
    for (int i = 0; i < before.length; i++) {
      before[i] = world.clients[i].answers;
    }
    if (!world.runUntil(() -> isOver() || areAnswered(before), LIVENESS_BOUND_NS)) {
      throw new Violation("liveness: clients are not served " + when + ": " + describe());
    }
  }

  private boolean areAnswered(long[] before) {
    for (int i = 0; i < before.length; i++) {
      if (world.clients[i].answers < before[i] + ANSWERS) {
        return false;
      }
    }
    return true;
  }

  private String describe() {
    StringBuilder text = new StringBuilder(world.arbiter.register.toString());
    for (SimProcess node : world.nodes) {
      text.append("; ").append(node.id).append(node.alive ? " " : " dead ");
      text.append(node.role.describe());
    }
    return text.toString();
  }
}
