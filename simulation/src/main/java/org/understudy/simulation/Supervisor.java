package org.understudy.simulation;

import org.understudy.pair.ownership.RoleRule;

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
    } else if (RoleRule.decide(world.arbiter.register, "n" + process.index).isBackup()) {
      process.boot(World.REGISTER_ID);
      world.log(process.index, "starts again as " + process.id);
      process.startBackup();
    } else {
      world.log(process.index, "may not start: its guest died with it");
      startLater();
    }
  }

  private void startLater() {
    World world = process.world;
    world.after(world.between(World.TIMEOUT_NS / 10, World.TIMEOUT_NS * 6), this::start);
  }
}
