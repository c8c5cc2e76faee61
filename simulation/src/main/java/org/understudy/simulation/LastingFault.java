package org.understudy.simulation;

/** A fault that stays when everything else is well again: the owner has to serve all the same. */
final class LastingFault {
  private static final long T = World.TIMEOUT_NS;
  private static final int FIRST = FaultKind.LASTING_ONE_WAY.ordinal();

  /** The last kind is not drawn: it has seeds of its own, so that others stay as they are. */
  private static final int DRAWN = FaultKind.LASTING_SLOW_ARBITER.ordinal() - FIRST;

  private final World world;
  private final FaultKind kind;
  private boolean on;

  private LastingFault(World world, FaultKind kind) {
    this.world = world;
    this.kind = kind;
  }

  /** One for some seeds, null for the others. */
  static LastingFault draw(World world) {
    if (!world.chance(0.35)) {
      return null;
    }
    FaultKind drawn = FaultKind.values()[FIRST + world.below(DRAWN)];
    boolean isSlow = FaultMix.isOneOf(world, 0, 1);
    return new LastingFault(world, isSlow ? FaultKind.LASTING_SLOW_ARBITER : drawn);
  }

  /**
   * Whether it may come at any time. Without its arbiter nobody changes owner: only a pair that has
   * nothing to claim goes on. With a slow one a pair that is protected has to outlive a death.
   */
  boolean mayComeAtOnce() {
    return kind != FaultKind.LASTING_DEAD_ARBITER && kind != FaultKind.LASTING_SLOW_ARBITER;
  }

  void begin() {
    on = true;
    world.log(-1, "lasting fault " + kind);
    world.count(kind);
    switch (kind) {
      case LASTING_ONE_WAY -> cut(world.chance(0.5));
      case LASTING_CUT -> {
        cut(true);
        cut(false);
      }
      case LASTING_DEAD_ARBITER -> {
        world.arbiter.isDead = true;
        world.arbiter.unreachable = true;
      }
      case LASTING_SLOW_ARBITER -> {
        world.arbiter.crawls = true;
        SimProcess owner = world.owner();
        SimProcess dies = world.chance(0.7) ? owner : world.namedBackup();
        if (dies != null) {
          dies.die("killed while the arbiter crawls");
        }
      }
      default -> tick();
    }
  }

  private void cut(boolean forth) {
    world.network.isLasting = true;
    for (int i = 0; i < world.nodes.length; i++) {
      for (int j = 0; j < i; j++) {
        world.network.cut(forth ? i : j, forth ? j : i, true);
      }
    }
  }

  private void tick() {
    if (!on) {
      return;
    }
    for (SimProcess node : world.nodes) {
      switch (kind) {
        case LASTING_STUCK_COMMIT -> node.stuckCommit = true;
        case LASTING_FULL_DISK -> node.diskFull = true;
        case LASTING_SLOW_LINK -> node.slowLink = true;
        default -> {}
      }
    }
    if (kind == FaultKind.LASTING_RESTARTS) {
      killBackups();
      world.after(world.between(T / 2, T * 4), this::tick);
    } else {
      world.after(T / 4, this::tick);
    }
  }

  private void killBackups() {
    SimProcess owner = world.owner();
    for (SimProcess node : world.nodes) {
      boolean ownerServes = owner != null && owner.role instanceof Runner;
      if (ownerServes && node != owner && node.alive) {
        node.die("killed again");
      }
    }
  }

  void end() {
    on = false;
  }

  @Override
  public String toString() {
    return kind.toString();
  }
}
