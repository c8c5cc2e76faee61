package org.understudy.simulation;

import org.understudy.pair.ownership.Register;
import org.understudy.pair.ownership.RoleRule;
import org.understudy.pair.ownership.StartRule;

/** Starts a process that died again, by the one command that it is always started with. */
final class Supervisor {
  private final SimProcess process;

  Supervisor(SimProcess process) {
    this.process = process;
  }

  void onDeath() {
    if (process.world.restarts) {
      startLater();
    }
  }

  void start() {
    World world = process.world;
    if (process.alive || world.arbiter.isEnded()) {
      world.wasIdle();
      return;
    }
    Register register = world.arbiter.register;
    boolean isSavedHere = process.saved != null && process.saved.isNamedBy(register);
    RoleRule.Decision decision = RoleRule.decide(register, "n" + process.index, isSavedHere);
    if (isSavedHere) {
      goOnWithSaved(register);
    } else if (decision.isBackup()) {
      process.boot(World.REGISTER_ID);
      world.log(process.index, "starts again as " + process.id);
      process.startBackup();
    } else {
      world.log(process.index, "may not start: its guest died with it");
      startLater();
    }
  }

  private void goOnWithSaved(Register register) {
    World world = process.world;
    process.boot(World.REGISTER_ID);
    process.saved.adopt(process.id);
    Register next = StartRule.decide(register, 0, process.id, false, true).register();
    if (!world.arbiter.writeAtOnce(next)) {
      process.die("it cannot write the register");
      return;
    }
    world.log(process.index, "goes on with the saved guest as " + process.id);
    if (world.chance(0.1)) {
      process.die("killed before it goes on with the saved guest");
    } else {
      runSaved(next);
    }
  }

  /** From here on nothing is saved any more. */
  private void runSaved(Register register) {
    World world = process.world;
    SimSave saved = process.saved;
    world.checker.onSurvivor(process, saved.history());
    process.saved = null;
    world.addressAt = process.index;
    process.role = saved.goOn(process, register);
  }

  private void startLater() {
    World world = process.world;
    world.after(world.between(World.TIMEOUT_NS / 10, World.TIMEOUT_NS * 6), this::start);
  }
}
