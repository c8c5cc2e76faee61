package org.understudy.simulation;

import java.util.function.Consumer;
import org.understudy.pair.ownership.Ownership;

/** Carries faults out. */
final class Strikes {
  private static final long T = World.TIMEOUT_NS;

  private final World world;
  private final int pace;

  /**
   * Strikes on this world.
   *
   * @param pace how many times as often as usual faults come
   */
  Strikes(World world, int pace) {
    this.world = world;
    this.pace = pace;
  }

  private SimProcess backup() {
    SimProcess named = world.namedBackup();
    return named != null ? named : world.nodes[world.below(world.nodes.length)];
  }

  /**
   * A kill is fair while the register names two nodes and both live: the other one has to go on.
   * Now and then it is not fair, and the guest may be lost.
   */
  private boolean mayKill(SimProcess process) {
    SimProcess owner = world.owner();
    SimProcess named = world.namedBackup();
    boolean whole =
        world.arbiter.register.ownership() instanceof Ownership.Protected
            && owner != null
            && named != null;
    SimProcess other = process == owner ? named : owner;
    return whole && other.crashAfterActions < 0
        || process != owner && process != named
        || world.chance(0.02 / pace);
  }

  /** Does one fault now, if there is something to do it to. */
  void strike(FaultKind kind) {
    SimProcess primary = world.owner();
    SimProcess backup = backup();
    boolean distinct = primary != null && backup != primary && backup.alive;
    boolean done =
        switch (kind) {
          case STRANGER -> {
            backup.monitor.onStranger(world.random.nextLong());
            yield true;
          }
          case ARBITER_UNREACHABLE,
              ARBITER_EMPTY,
              ARBITER_OLDER,
              ARBITER_OTHER,
              ARBITER_READ_ONLY,
              ARBITER_LATE ->
              arbiter(kind);
          case ADDRESS_TAKEN -> takeAddress();
          case WRONG_REGISTER, OTHER_ARBITER -> foreigner(kind == FaultKind.OTHER_ARBITER);
          case ERROR_IN_CYCLE -> errorIn(world.nodes[world.below(world.nodes.length)]);
          case DESCRIPTOR_OUT -> runOut(world.nodes[world.below(world.nodes.length)], kind);
          default ->
              primary != null && toPrimary(kind, primary)
                  || distinct && (toBackup(kind, backup) || toBoth(kind, primary, backup));
        };
    if (done) {
      world.log(-1, "fault " + kind);
      if (kind != FaultKind.DESCRIPTOR_OUT
          && kind != FaultKind.MEMORY_OUT
          && kind != FaultKind.DISK_OUT
          && kind != FaultKind.ERROR_IN_CYCLE
          && kind != FaultKind.ARBITER_LATE) {
        world.count(kind);
      }
    }
  }

  private boolean toPrimary(FaultKind kind, SimProcess primary) {
    return switch (kind) {
      case CRASH_PRIMARY -> mayKill(primary) && crash(primary);
      case PAUSE_PRIMARY -> pause(primary, pauseNs());
      case RETAINED_LOST -> primary.role instanceof Runner role && role.loseRetained();
      case CAPTURE_LOST -> loseCapture(primary);
      case SLOW_LINK -> {
        primary.slowLink = true;
        world.after(world.between(T / 4, T * 4), () -> primary.slowLink = false);
        yield true;
      }
      case GUEST_FAILED -> (mayKill(primary) || world.chance(0.03)) && failGuest(primary);
      case ORDERLY_END ->
          world.now > 20 * T && world.chance(0.2) && onPrimary(primary, this::orderEnd);
      case STOP_PRIMARY -> onPrimary(primary, role -> stopPrimary(primary, role));
      case SWITCHOVER ->
          primary.role instanceof Runner role
              && role.session().requestSwitchover("ordered by its operator") == null;
      default -> false;
    };
  }

  private boolean onPrimary(SimProcess process, Consumer<Runner> action) {
    if (process.role instanceof Runner role) {
      action.accept(role);
      return true;
    }
    return false;
  }

  private boolean failGuest(SimProcess process) {
    return world.chance(0.3) && onPrimary(process, role -> fail(role, process));
  }

  /** Whatever state it is in by then. */
  void failSoon(SimProcess process) {
    if (process.role instanceof Holder role) {
      int life = process.life();
      process.deliver(
          life,
          () -> {
            if (process.role == role && role.failTakeover()) {
              world.count(FaultKind.GUEST_FAILED);
            }
          });
    } else if (world.durability.isGuestElsewhere(process) || world.chance(0.2)) {
      world.count(FaultKind.GUEST_FAILED);
      onPrimary(process, role -> fail(role, process));
    }
  }

  private void fail(Runner role, SimProcess process) {
    process.deliver(
        (Runnable)
            () -> {
              if (process.role == role && !role.session().state().isTerminal()) {
                world.durability.onKilled(process);
                role.crashGuest();
              }
            });
  }

  /** The operator ends the guest while something else is under way. */
  void endSoon(SimProcess process) {
    process.deliver(process.life(), () -> onPrimary(process, this::orderEnd));
  }

  /** Beyond the deadline of whatever waits for it. */
  void arbiterGone(long lastsNs) {
    world.count(FaultKind.ARBITER_UNREACHABLE);
    world.arbiter.unreachable = true;
    world.after(lastsNs, () -> world.arbiter.unreachable = world.arbiter.isDead);
  }

  private void orderEnd(Runner role) {
    world.durability.onEndOrdered();
    role.session().requestEnd("stopped by its operator");
  }

  private void stopPrimary(SimProcess process, Runner role) {
    role.session().requestStop("stopped by its operator");
    if (!world.chance(0.2)) {
      return;
    }
    int life = process.life();
    world.after(
        world.between(0, T * 2), () -> process.deliver(life, () -> insistIfFair(process, role)));
  }

  /** A guest that is protected goes on at its backup, which is judged; any other one ends. */
  private void insistIfFair(SimProcess process, Runner role) {
    if (process.role != role || !mayKill(process)) {
      return;
    }
    switch (role.session().state()) {
      case PROTECTED, SWITCHING, HANDED_OVER -> world.durability.onForcedStop(process);
      default -> world.durability.onEndOrdered();
    }
    role.session().requestStopNow("stopped by its operator");
  }

  private boolean loseCapture(SimProcess process) {
    if (process.role instanceof Runner role && role.session().copy() > 0) {
      role.session().onProtectionBroken(role.session().copy(), "more than could be recorded");
      return true;
    }
    return false;
  }

  private boolean toBackup(FaultKind kind, SimProcess backup) {
    return switch (kind) {
      case CRASH_BACKUP -> mayKill(backup) && crash(backup);
      case PAUSE_BACKUP -> pause(backup, pauseNs());
      case LOG_FULL -> {
        backup.logFull = true;
        world.after(world.between(T / 10, T * 2), () -> backup.logFull = false);
        yield true;
      }
      case CANNOT_COMMIT -> {
        backup.diskFull = true;
        yield true;
      }
      case MEMORY_OUT, DISK_OUT -> runOut(backup, kind);
      case STUCK_COMMIT -> {
        backup.stuckCommit = true;
        world.after(world.between(T, T * 8), () -> backup.stuckCommit = false);
        yield true;
      }
      case STOP_BACKUP -> stop(backup);
      case STOP_TWICE -> world.chance(0.2) && stop(backup) && stopAgain(backup);
      case STANDBY_LOST -> backup.role instanceof Holder role && role.loseStandby();
      case IMAGE_WRONG -> backup.role instanceof Holder role && spoilImage(backup, role);
      default -> false;
    };
  }

  /** The image turns out to be wrong, unless there is none or it is being taken over from. */
  private boolean spoilImage(SimProcess backup, Holder role) {
    boolean isHeldOnly =
        switch (role.session().state()) {
          case WHOLE, PROTECTED, LINK_LOST -> true;
          default -> false;
        };
    if (!isHeldOnly || !world.durability.hasGuest(backup)) {
      return false;
    }
    world.durability.onSpoilt(backup);
    role.session().onImageWrong("the image differs");
    return true;
  }

  private boolean stopAgain(SimProcess process) {
    int life = process.life();
    world.after(
        world.between(0, T),
        () -> {
          if (process.alive && life == process.life()) {
            world.durability.onForcedStop(process);
            if (process.role instanceof Holder role) {
              role.session().requestStopNow("its operator insists");
            }
          }
        });
    return true;
  }

  private boolean stop(SimProcess process) {
    if (process.role instanceof Holder role) {
      role.session().requestStop("stopped by its operator");
      return true;
    }
    return false;
  }

  private boolean toBoth(FaultKind kind, SimProcess primary, SimProcess backup) {
    return switch (kind) {
      case PARTITION -> cut(primary, backup, true, true, cutNs());
      case ONE_WAY -> {
        boolean forth = world.chance(0.5);
        yield cut(primary, backup, forth, !forth, cutNs());
      }
      case MONITOR_CLOSED -> {
        primary.monitor.onClosed(backup.id.incarnation());
        backup.monitor.onClosed(primary.id.incarnation());
        yield true;
      }
      case STOP_IN_DOUBT -> stopInDoubt(primary, backup);
      default -> false;
    };
  }

  /** Both hosts are shut down one after the other, or the operator mistakes one for the other. */
  private boolean stopInDoubt(SimProcess primary, SimProcess backup) {
    if (world.namedBackup() != backup) {
      return false;
    }
    long silentNs = world.between(T / 3, T * 3);
    pause(primary, silentNs);
    world.after(world.between(0, silentNs), () -> stop(backup));
    if (world.chance(0.5)) {
      int life = primary.life();
      world.after(
          silentNs,
          () -> {
            if (life == primary.life() && world.owner() == primary) {
              primary.die("killed while it stood still");
            }
          });
    }
    return true;
  }

  private long cutNs() {
    return world.chance(0.5) ? world.between(T / 10, T * 3 / 2) : world.between(T, T * 8);
  }

  private long pauseNs() {
    return world.chance(0.6) ? world.between(T / 20, T * 3 / 2) : world.between(T, T * 6);
  }

  private boolean cut(SimProcess a, SimProcess b, boolean forth, boolean back, long lastsNs) {
    world.network.cut(a.index, b.index, forth);
    world.network.cut(b.index, a.index, back);
    world.after(
        lastsNs,
        () -> {
          if (!world.network.isLasting) {
            world.network.cut(a.index, b.index, false);
            world.network.cut(b.index, a.index, false);
          }
        });
    return true;
  }

  private boolean crash(SimProcess process) {
    if (world.chance(0.7)) {
      process.crashAfterActions = world.actions(40);
    } else {
      process.die("killed");
    }
    return true;
  }

  private boolean pause(SimProcess process, long lastsNs) {
    process.standUntil(world.now + lastsNs);
    return true;
  }

  /** It may end the process, but where that has the last copy. */
  private boolean errorIn(SimProcess process) {
    boolean may =
        process.alive
            && process.role instanceof AgentRole role
            && (role.isLastCopy() || mayKill(process));
    if (may) {
      AgentNode.of(process).failAfter(world.actions(40));
    }
    return may;
  }

  private boolean runOut(SimProcess process, FaultKind kind) {
    Resource resource =
        switch (kind) {
          case MEMORY_OUT -> Resource.MEMORY;
          case DISK_OUT -> Resource.DISK;
          default -> Resource.DESCRIPTOR;
        };
    process.limit(resource, world.below(kind == FaultKind.DESCRIPTOR_OUT ? 3 : 40));
    world.after(world.between(T, T * 6), () -> process.limit(resource, -1));
    return true;
  }

  private boolean arbiter(FaultKind kind) {
    SimArbiter arbiter = world.arbiter;
    switch (kind) {
      case ARBITER_UNREACHABLE -> arbiter.unreachable = true;
      case ARBITER_EMPTY -> arbiter.view = SimArbiter.View.EMPTY;
      case ARBITER_OLDER -> arbiter.view = SimArbiter.View.OLDER;
      case ARBITER_OTHER -> arbiter.view = SimArbiter.View.OTHER;
      case ARBITER_READ_ONLY -> arbiter.readOnly = true;
      default -> arbiter.late = true;
    }
    world.after(
        world.between(T, T * 10),
        () -> {
          switch (kind) {
            case ARBITER_UNREACHABLE -> arbiter.unreachable = arbiter.isDead;
            case ARBITER_READ_ONLY -> arbiter.readOnly = false;
            case ARBITER_LATE -> arbiter.late = false;
            default -> arbiter.view = SimArbiter.View.TRUE;
          }
        });
    return true;
  }

  private boolean takeAddress() {
    for (SimProcess node : world.nodes) {
      if (!node.alive) {
        node.addressTaken = true;
        return true;
      }
    }
    return false;
  }

  /**
   * A node that is down comes back with another register: it must never become a part of this pair.
   */
  private boolean foreigner(boolean empty) {
    for (SimProcess node : world.nodes) {
      if (!node.alive && node.saved == null && !world.arbiter.isEnded()) {
        node.boot(empty ? 0 : World.REGISTER_ID + 1);
        node.ownArbiter = empty;
        node.startBackup();
        return true;
      }
    }
    return false;
  }

  // ---- at a change of state: nothing is called back, only what comes next is prepared

  void crashSoon(SimProcess process) {
    if (process.alive && process.crashAfterActions < 0 && mayKill(process)) {
      process.crashAfterActions = world.actions(8);
      world.count(FaultKind.CRASH_AT_TRANSITION);
    }
  }

  void pauseSoon(SimProcess process) {
    world.count(FaultKind.PAUSE_AT_TRANSITION);
    if (world.chance(0.5)) {
      pauseInCycle(process);
    } else {
      pause(process, pauseNs());
    }
  }

  void pauseInCycle(SimProcess process) {
    process.pauseAfterActions = world.actions(10);
    process.pauseInCycleNs = pauseNs();
  }

  void cutSoon(SimProcess a, SimProcess b) {
    world.count(FaultKind.CUT_AT_TRANSITION);
    int way = world.below(3);
    cut(a, b, way != 1, way != 2, cutNs());
  }
}
