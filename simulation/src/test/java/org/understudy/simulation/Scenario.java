package org.understudy.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.function.BooleanSupplier;
import org.understudy.backup.session.BackupState;
import org.understudy.pair.ownership.Ownership;
import org.understudy.primary.session.PrimaryState;

/** A scripted world of two nodes without random faults: what is done to it is in the test. */
final class Scenario {
  static final long T = World.TIMEOUT_NS;

  final World world;
  final SimProcess first;
  final SimProcess second;

  private Scenario(GuestKind guest) {
    world =
        new World(7, PlantedFault.NONE, Boolean.getBoolean("sim.trace"), Set.of(), false, 2, guest);
    world.restarts = false;
    first = world.nodes[0];
    second = world.nodes[1];
  }

  /** A pair that is protected and has clients at the backup's front. */
  static Scenario ofProtectedPair() {
    return new Scenario(GuestKind.SERVICE).protect();
  }

  static Scenario ofProtectedPairReleasingEarly() {
    return new Scenario(GuestKind.LLM).protect();
  }

  static Scenario ofSyncingPair() {
    return new Scenario(GuestKind.SERVICE);
  }

  private Scenario protect() {
    await(
        () -> isPrimary(first, PrimaryState.PROTECTED) && isBackup(second, BackupState.PROTECTED));
    awaitAnswers(20);
    return this;
  }

  void await(BooleanSupplier condition) {
    assertThat(world.runUntil(condition, T * 100)).as("reached: %s", describe()).isTrue();
  }

  void run(double timeouts) {
    world.runUntil(world.now + (long) (timeouts * T));
  }

  void awaitAnswers(long count) {
    long goal = world.statistics.answers + count;
    await(() -> world.statistics.answers >= goal);
  }

  void cut(boolean forth, boolean back) {
    world.network.cut(0, 1, forth);
    world.network.cut(1, 0, back);
  }

  void pause(SimProcess process, double timeouts) {
    process.pausedUntilNs = world.now + (long) (timeouts * T);
  }

  /** The operator gives the guest up. */
  void endGuest(SimProcess process) {
    world.durability.onEndOrdered();
    primary(process).session.requestEnd("ended by its operator");
  }

  void restart(SimProcess process) {
    process.supervisor.start();
  }

  SimPrimary primary(SimProcess process) {
    return (SimPrimary) process.role;
  }

  SimBackup backup(SimProcess process) {
    return (SimBackup) process.role;
  }

  boolean isPrimary(SimProcess process, PrimaryState state) {
    return process.role instanceof SimPrimary role && role.session.state() == state;
  }

  boolean isBackup(SimProcess process, BackupState state) {
    return process.role instanceof SimBackup role && role.session.state() == state;
  }

  boolean isSoloOwner(SimProcess process) {
    return world.arbiter.register.ownership().equals(new Ownership.Solo(process.id));
  }

  long generation() {
    return world.arbiter.register.generation();
  }

  String describe() {
    return world.arbiter.register
        + " first "
        + first.role.describe()
        + " second "
        + second.role.describe();
  }
}
