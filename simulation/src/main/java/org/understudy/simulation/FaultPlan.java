package org.understudy.simulation;

import org.understudy.pair.ownership.Ownership;

/** Random trouble, from the seed; each seed has its own mix. */
final class FaultPlan {
  private static final long T = World.TIMEOUT_NS;

  private final World world;
  private final boolean[] enabled = new boolean[FaultKind.values().length];
  private boolean on = true;

  FaultPlan(World world) {
    this.world = world;
    for (FaultKind kind : FaultKind.values()) {
      enabled[kind.ordinal()] = world.chance(0.45);
    }
    double messages = world.chance(0.5) ? 0.0005 : 0.01;
    world.network.loss = rate(FaultKind.LOSS, messages);
    world.network.late = rate(FaultKind.DELAY, messages);
    world.network.reorder = rate(FaultKind.REORDER, messages);
    world.network.duplicate = rate(FaultKind.DUPLICATE, messages);
    world.network.corrupt = rate(FaultKind.CORRUPT, messages);
    world.arbiter.slow = rate(FaultKind.ARBITER_SLOW, 0.3);
    world.arbiter.deaf = rate(FaultKind.ARBITER_UNREACHABLE, 0.3);
    world.arbiter.afterTheFact = rate(FaultKind.ARBITER_AFTER_THE_FACT, 0.4);
    next();
  }

  private double rate(FaultKind kind, double rate) {
    return enabled[kind.ordinal()] ? rate : 0;
  }

  private void next() {
    world.after(world.between(T / 10, T * 4), this::strike);
  }

  private void strike() {
    if (!on) {
      return;
    }
    FaultKind[] kinds = FaultKind.values();
    FaultKind kind = kinds[world.below(kinds.length)];
    if (enabled[kind.ordinal()]) {
      strike(kind);
    }
    next();
  }

  private SimProcess primary() {
    return world.owner();
  }

  private SimProcess backup() {
    SimProcess named = world.namedBackup();
    return named != null ? named : world.nodes[world.below(world.nodes.length)];
  }

  /** Both nodes live and the register names both: either may go without the guest being lost. */
  private boolean isPairWhole() {
    return world.arbiter.register.ownership() instanceof Ownership.Protected
        && world.owner() != null
        && world.namedBackup() != null;
  }

  /** Does one fault now; true if there was something to do it to. */
  boolean strike(FaultKind kind) {
    SimProcess primary = primary();
    SimProcess backup = backup();
    boolean distinct = primary != null && backup != primary && backup.alive;
    boolean safe = isPairWhole() || world.chance(0.03);
    boolean done =
        switch (kind) {
          case PARTITION -> distinct && cut(primary, backup, true, true);
          case ONE_WAY -> {
            boolean forth = world.chance(0.5);
            yield distinct && cut(primary, backup, forth, !forth);
          }
          case MONITOR_CLOSED -> distinct && closeMonitor(primary, backup);
          case STRANGER -> {
            backup.strangerAtMonitor(world.random.nextLong());
            yield true;
          }
          case CRASH_PRIMARY -> safe && primary != null && crash(primary);
          case CRASH_BACKUP -> safe && distinct && crash(backup);
          case PAUSE_PRIMARY -> primary != null && pause(primary);
          case PAUSE_BACKUP -> distinct && pause(backup);
          case ARBITER_UNREACHABLE -> arbiterGone();
          case RETAINED_LOST -> primary != null && overflow(primary);
          case CAPTURE_LOST -> primary != null && loseCapture(primary);
          case SLOW_LINK -> primary != null && slow(primary);
          case LOG_FULL -> distinct && fillLog(backup);
          case CANNOT_COMMIT -> {
            backup.diskFull = distinct;
            yield distinct;
          }
          case STOP_BACKUP -> distinct && stop(backup);
          case STUCK_COMMIT -> distinct && stick(backup);
          case ORDERLY_END -> world.now > 20 * T && world.chance(0.2) && end(primary);
          case SWITCHOVER -> primary != null && switchover(primary);
          case WRONG_REGISTER -> stranger();
          default -> false;
        };
    if (done) {
      world.log(-1, "fault " + kind);
      world.count(kind);
    }
    return done;
  }

  private boolean cut(SimProcess a, SimProcess b, boolean forth, boolean back) {
    long lasts = world.chance(0.5) ? world.between(T / 10, T) : world.between(T, T * 8);
    world.network.cut(a.index, b.index, forth);
    world.network.cut(b.index, a.index, back);
    world.after(
        lasts,
        () -> {
          world.network.cut(a.index, b.index, false);
          world.network.cut(b.index, a.index, false);
        });
    return true;
  }

  private boolean closeMonitor(SimProcess a, SimProcess b) {
    a.monitorClosed(b.id.incarnation());
    b.monitorClosed(a.id.incarnation());
    return true;
  }

  private boolean crash(SimProcess process) {
    if (world.chance(0.7)) {
      process.crashAfterActions = world.below(40);
    } else {
      process.die("killed");
    }
    return true;
  }

  private boolean pause(SimProcess process) {
    long lasts = world.chance(0.4) ? world.between(T / 20, T) : world.between(T, T * 6);
    process.pausedUntilNs = world.now + lasts;
    return true;
  }

  private boolean arbiterGone() {
    world.arbiter.unreachable = true;
    world.after(world.between(T, T * 10), () -> world.arbiter.unreachable = false);
    return true;
  }

  private boolean slow(SimProcess process) {
    process.slowLink = true;
    world.after(world.between(T / 4, T * 4), () -> process.slowLink = false);
    return true;
  }

  private boolean overflow(SimProcess process) {
    if (process.role instanceof SimPrimary role) {
      role.loseRetained();
      return true;
    }
    return false;
  }

  private boolean loseCapture(SimProcess process) {
    if (process.role instanceof SimPrimary role && role.session.copy() > 0) {
      role.session.onProtectionBroken(role.session.copy(), "more than could be recorded");
      return true;
    }
    return false;
  }

  private boolean fillLog(SimProcess process) {
    process.logFull = true;
    world.after(world.between(T / 10, T * 2), () -> process.logFull = false);
    return true;
  }

  private boolean stick(SimProcess process) {
    process.stuckCommit = true;
    world.after(world.between(T, T * 8), () -> process.stuckCommit = false);
    return true;
  }

  private boolean stop(SimProcess process) {
    if (process.role instanceof SimBackup role) {
      role.session.requestStop("stopped by its operator");
      return true;
    }
    return false;
  }

  private boolean switchover(SimProcess process) {
    return process.role instanceof SimPrimary role
        && role.session.requestSwitchover("ordered by its operator") == null;
  }

  private boolean end(SimProcess process) {
    if (process != null && process.role instanceof SimPrimary role) {
      role.session.requestEnd("stopped by its operator");
      return true;
    }
    return false;
  }

  /** A node that is down comes back with another register: it must be refused for good. */
  private boolean stranger() {
    for (SimProcess node : world.nodes) {
      if (!node.alive && !world.arbiter.isEnded()) {
        node.boot(World.REGISTER_ID + 1);
        node.startBackup();
        return true;
      }
    }
    return false;
  }

  /** No more faults: everything is reachable again. */
  void heal() {
    on = false;
    world.network.heal();
    world.arbiter.slow = 0;
    world.arbiter.deaf = 0;
    world.arbiter.afterTheFact = 0;
    world.arbiter.unreachable = false;
    for (SimProcess node : world.nodes) {
      node.slowLink = false;
      node.logFull = false;
      node.stuckCommit = false;
      node.diskFull = false;
      node.crashAfterActions = -1;
      node.pausedUntilNs = Math.min(node.pausedUntilNs, world.now);
    }
  }
}
