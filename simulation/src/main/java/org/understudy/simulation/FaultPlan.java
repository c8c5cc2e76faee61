package org.understudy.simulation;

import org.understudy.backup.session.BackupState;
import org.understudy.pair.ownership.NodeId;
import org.understudy.primary.session.PrimaryState;

/** Random trouble, from the seed: when which fault comes; {@link Strikes} carries it out. */
final class FaultPlan {
  private static final long T = World.TIMEOUT_NS;

  private final World world;
  private final FaultMix mix;
  private final Strikes strikes;
  private boolean on = true;

  FaultPlan(World world) {
    this.world = world;
    mix = new FaultMix(world);
    strikes = new Strikes(world, mix.pace);
    double messages = world.chance(0.5) ? 0.0005 : 0.01;
    world.network.loss = mix.rate(FaultKind.LOSS, messages);
    world.network.late = mix.rate(FaultKind.DELAY, messages);
    world.network.reorder = mix.rate(FaultKind.REORDER, messages);
    world.network.duplicate = mix.rate(FaultKind.DUPLICATE, messages);
    world.network.corrupt = mix.rate(FaultKind.CORRUPT, messages);
    world.arbiter.slow = mix.rate(FaultKind.ARBITER_SLOW, 0.3);
    world.arbiter.deaf = mix.has(FaultKind.ARBITER_UNREACHABLE) ? 0.3 : 0;
    world.arbiter.afterTheFact = mix.rate(FaultKind.ARBITER_AFTER_THE_FACT, 0.4);
    world.standbySlow = mix.rate(FaultKind.STANDBY_SLOW, 0.5);
    world.standbyUnfit = mix.rate(FaultKind.STANDBY_UNFIT, 0.15);
    world.restoreFails = mix.rate(FaultKind.RESTORE_FAILS, 0.5);
    world.transitions = this::onTransition;
    next();
  }

  private void next() {
    world.after(world.between(T / 10, T * 4) / mix.pace, this::strike);
  }

  private void strike() {
    FaultKind kind = on ? mix.next() : null;
    if (kind != null) {
      strikes.strike(kind);
      next();
    }
    if (on && mix.has(FaultKind.PAUSE_IN_CYCLE) && world.chance(0.5)) {
      strikes.pauseInCycle(world.nodes[world.below(world.nodes.length)]);
    }
  }

  /** The instants that matter are those at which something changes. */
  private void onTransition(SimProcess process, Enum<?> from, Enum<?> to) {
    if (to == BackupState.LINK_LOST
        || to == BackupState.CONNECTING
        || to == PrimaryState.LINK_LOST
        || to == PrimaryState.CLAIMING) {
      world.arbiter.onLinkBroken(process);
    }
    if (on && from != null && mix.has(FaultKind.ORDERLY_END) && world.now > 10 * T) {
      if (to == PrimaryState.SWITCHING && world.chance(0.2)) {
        strikes.endSoon(process);
      } else if (to == PrimaryState.CLAIMING && world.chance(0.05)) {
        strikes.endSoon(process);
        strikes.arbiterGone(T * 13);
      }
    }
    if (on
        && from != null
        && mix.has(FaultKind.GUEST_FAILED)
        && world.chance(isShort(to) ? 0.3 : 0.02)) {
      strikes.failSoon(process);
    }
    if (!on || from == null || !world.chance(mix.atTransition)) {
      return;
    }
    SimProcess peer = peerOf(process);
    SimProcess target = peer != null && world.chance(0.5) ? peer : process;
    int choice = world.below(3);
    if (choice == 0 && mix.has(FaultKind.CRASH_AT_TRANSITION)) {
      strikes.crashSoon(target);
    } else if (choice == 1 && mix.has(FaultKind.PAUSE_AT_TRANSITION)) {
      strikes.pauseSoon(target);
    } else if (choice == 2 && mix.has(FaultKind.CUT_AT_TRANSITION) && peer != null) {
      strikes.cutSoon(process, peer);
    }
    if (mix.has(FaultKind.STOP_BACKUP) && world.chance(0.05)) {
      target.deliver((Runnable) () -> strikes.strike(FaultKind.STOP_BACKUP));
    }
  }

  /** States that hardly any fault by time would hit. */
  private static boolean isShort(Enum<?> state) {
    return state == PrimaryState.HANDED_OVER
        || state == PrimaryState.HANDSHAKING
        || state == PrimaryState.ENDING
        || state == PrimaryState.SAVING
        || state == BackupState.TAKING_OVER;
  }

  private SimProcess peerOf(SimProcess process) {
    NodeId peer = process.role == null ? null : process.role.peer();
    for (SimProcess other : world.nodes) {
      if (peer != null && other.id.equals(peer) && other.alive) {
        return other;
      }
    }
    return null;
  }

  /** No more faults: everything is reachable again. */
  void heal() {
    on = false;
    world.network.heal();
    world.arbiter.heal();
    world.standbySlow = 0;
    world.standbyUnfit = 0;
    world.restoreFails = 0;
    for (SimProcess node : world.nodes) {
      node.slowLink = false;
      node.logFull = false;
      node.stuckCommit = false;
      node.diskFull = false;
      node.ownArbiter = false;
      node.addressTaken = false;
      node.crashAfterActions = -1;
      node.pauseAfterActions = -1;
      for (Resource resource : Resource.values()) {
        node.limit(resource, -1);
      }
      node.endStanding();
    }
  }
}
