package org.understudy.simulation;

import org.understudy.pair.ownership.Ownership;
import org.understudy.pair.ownership.Register;
import org.understudy.pair.session.SessionEvents;

/** The register, and the ways in which an arbiter can be slow, deaf or answer after the fact. */
final class SimArbiter {
  private final World world;
  Register register;

  /** Probability of each trouble, set by the fault plan. */
  double slow;

  double deaf;
  double afterTheFact;
  boolean unreachable;

  SimArbiter(World world, Register register) {
    this.world = world;
    this.register = register;
  }

  void read(SimProcess asker, long request) {
    SessionEvents to = asker.role.events();
    if (isLost(asker, request, to)) {
      return;
    }
    world.after(
        delay(),
        () -> {
          Register seen = register;
          answer(asker, () -> to.onRegister(request, seen));
        });
  }

  void write(SimProcess asker, long request, Register next) {
    SessionEvents to = asker.role.events();
    boolean blind = world.planted == PlantedFault.BLIND_WRITE;
    if (world.planted == PlantedFault.SKIP_CLAIM) {
      answer(asker, () -> to.onWritten(request, true));
      return;
    }
    if (isLost(asker, request, to)) {
      return;
    }
    boolean silent = world.chance(afterTheFact);
    world.after(
        delay(),
        () -> {
          boolean written = blind || register.generation() == next.generation() - 1;
          if (written) {
            world.checker.onRegister(register, next);
            register = next;
          }
          if (silent) {
            world.count(FaultKind.ARBITER_AFTER_THE_FACT);
            if (world.planted == PlantedFault.UNKNOWN_IS_WON) {
              answer(asker, () -> to.onWritten(request, true));
            } else if (world.chance(0.5)) {
              answer(asker, () -> to.onArbiterFailed(request));
            }
          } else {
            answer(asker, () -> to.onWritten(request, written));
          }
        });
  }

  private boolean isLost(SimProcess asker, long request, SessionEvents to) {
    if (!unreachable && !world.chance(deaf)) {
      return false;
    }
    world.count(FaultKind.ARBITER_UNREACHABLE);
    if (world.planted == PlantedFault.UNKNOWN_IS_WON) {
      answer(asker, () -> to.onWritten(request, true));
    } else if (world.chance(0.5)) {
      answer(asker, () -> to.onArbiterFailed(request));
    }
    return true;
  }

  private void answer(SimProcess asker, Runnable event) {
    world.after(world.between(100_000, 2_000_000), () -> asker.inbox.add(event));
  }

  private long delay() {
    if (world.chance(slow)) {
      world.count(FaultKind.ARBITER_SLOW);
      return world.between(World.TIMEOUT_NS / 4, World.TIMEOUT_NS * 5);
    }
    return world.between(100_000, 3_000_000);
  }

  boolean isEnded() {
    return register.ownership() instanceof Ownership.Ended;
  }
}
