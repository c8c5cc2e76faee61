package org.understudy.failover.sim;

import org.understudy.protocol.arbiter.Ownership;
import org.understudy.protocol.arbiter.Register;

/** The register, and the ways in which an arbiter can be slow, deaf or answer after the fact. */
final class SimArbiter {
  /** Where answers go; never called when nothing is to be heard. */
  interface Answers {
    void onRegister(long request, Register seen);

    void onWritten(long request, boolean written);

    void onFailed(long request);
  }

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

  void read(SimProcess asker, long request, Answers answers) {
    if (isLost(asker, request, answers)) {
      return;
    }
    world.after(
        delay(),
        () -> {
          Register seen = register;
          answer(asker, () -> answers.onRegister(request, seen));
        });
  }

  void write(SimProcess asker, long request, Register next, Answers answers) {
    boolean blind = world.planted == PlantedFault.BLIND_WRITE;
    if (world.planted == PlantedFault.SKIP_CLAIM) {
      answer(asker, () -> answers.onWritten(request, true));
      return;
    }
    if (isLost(asker, request, answers)) {
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
              answer(asker, () -> answers.onWritten(request, true));
            } else if (world.chance(0.5)) {
              answer(asker, () -> answers.onFailed(request));
            }
          } else {
            answer(asker, () -> answers.onWritten(request, written));
          }
        });
  }

  private boolean isLost(SimProcess asker, long request, Answers answers) {
    if (!unreachable && !world.chance(deaf)) {
      return false;
    }
    world.count(FaultKind.ARBITER_UNREACHABLE);
    if (world.planted == PlantedFault.UNKNOWN_IS_WON) {
      answer(asker, () -> answers.onWritten(request, true));
    } else if (world.chance(0.5)) {
      answer(asker, () -> answers.onFailed(request));
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
