package org.understudy.simulation;

/**
 * How a model guest is written down: by a thread of its own, for some time, on a disk that may be
 * full. Its outcome is told in a later duty cycle.
 */
final class SimSaving {
  private final SimPrimary primary;
  private boolean isPaused;
  private boolean isWriting;
  private String outcome;
  private long toldAtNs;

  SimSaving(SimPrimary primary) {
    this.primary = primary;
  }

  void start() {
    primary.process.step();
    World world = primary.world;
    int life = primary.process.life();
    isPaused = true;
    isWriting = true;
    long takesNs = world.between(0, World.TIMEOUT_NS * (world.chance(0.3) ? 6 : 1));
    world.after(takesNs, () -> write(life));
  }

  private void write(int life) {
    SimProcess process = primary.process;
    if (!isWriting || process.isGone(life)) {
      return;
    }
    isWriting = false;
    toldAtNs = process.world.now + process.world.between(0, World.TIMEOUT_NS);
    if (process.diskFull || process.world.chance(0.1)) {
      outcome = "the disk is full";
    } else {
      process.saved = new ModelSave(process.world, primary.guest, process.id);
      outcome = "";
    }
  }

  boolean isPaused() {
    return isPaused;
  }

  /** Once per duty cycle. */
  boolean work() {
    if (outcome == null || primary.world.now < toldAtNs) {
      return false;
    }
    String told = outcome;
    outcome = null;
    if (told.isEmpty()) {
      primary.session.onSaved();
    } else {
      primary.session.onSaveFailed(told);
    }
    return true;
  }

  /** False if it is there as a whole. */
  boolean abandon() {
    SimProcess process = primary.process;
    process.step();
    if (process.saved != null && process.saved.isOf(process.id)) {
      return false;
    }
    isWriting = false;
    outcome = null;
    return true;
  }

  void goOn() {
    isPaused = false;
  }
}
