package org.understudy.simulation;

import java.util.ArrayList;
import java.util.List;
import org.understudy.backup.session.BackupSettings;
import org.understudy.pair.ownership.Ownership;
import org.understudy.pair.ownership.Register;
import org.understudy.pair.ownership.RegisterAnswers;

/**
 * The register, and the ways in which an arbiter can be slow, deaf, forgetful or full, or answer
 * after the fact. Whatever it says, {@link #register} is what was granted.
 */
final class SimArbiter {
  /** What a read finds. */
  enum View {
    TRUE,
    /** The files are gone: an unmounted directory, or another one. */
    EMPTY,
    /** The files of a while ago: a restored directory. */
    OLDER,
    /** A register of somebody else. */
    OTHER
  }

  /** One start of a process in one role: an answer is for no other. */
  private record Asker(SimProcess process, int life, RegisterAnswers to) {
    Asker(SimProcess process) {
      this(process, process.life(), process.role.answers());
    }

    void deliver(Runnable event) {
      process.deliver(life, event);
    }
  }

  private record Late(Asker asker, Runnable event) {}

  /** After which a session counts a request as failed. */
  private static final long ANSWER_NS = BackupSettings.of(World.TIMEOUT_NS).arbiterAnswerNs();

  private final World world;
  private final List<Late> held = new ArrayList<>();
  private Register before;
  private int pendingWrites;
  Register register;

  /** Probability of each trouble, set by the fault plan. */
  double slow;

  double deaf;
  double afterTheFact;
  boolean unreachable;

  /** It stays so. */
  boolean isDead;

  /** It does everything, and each time takes longer than anybody waits. */
  boolean crawls;

  View view = View.TRUE;

  /** Reads are answered, writes fail: a full disk, or no right to write. */
  boolean readOnly;

  /** Answers wait until their asker's link broke. */
  boolean late;

  SimArbiter(World world, Register register) {
    this.world = world;
    this.register = register;
    before = register;
  }

  void read(SimProcess process, long request) {
    Asker asker = new Asker(process);
    RegisterAnswers to = asker.to;
    if (isLost(asker, request, to)) {
      return;
    }
    world.after(
        delay(),
        () -> {
          Register seen = seenBy(process);
          long atNs = world.now;
          answer(
              asker,
              () -> {
                process.onLooked(seen, atNs);
                to.onRegister(request, seen);
              });
        });
  }

  private Register seenBy(SimProcess asker) {
    return switch (asker.ownArbiter ? View.EMPTY : view) {
      case TRUE -> register;
      case EMPTY -> null;
      case OLDER -> before;
      case OTHER -> new Register(World.REGISTER_ID + 7, 3, register.ownership());
    };
  }

  void write(SimProcess process, long request, Register next) {
    Asker asker = new Asker(process);
    RegisterAnswers to = asker.to;
    if (world.planted == PlantedFault.SKIP_CLAIM) {
      answer(asker, () -> to.onWritten(request, true));
      return;
    }
    if (isLost(asker, request, to)) {
      return;
    }
    boolean silent = world.chance(afterTheFact);
    pendingWrites++;
    world.after(
        delay(),
        () -> {
          pendingWrites--;
          if (readOnly) {
            answer(asker, () -> to.onArbiterFailed(request));
          } else {
            writeNow(asker, to, request, next, silent);
          }
        });
  }

  /** By a process that starts, and ends at the first trouble. */
  boolean writeAtOnce(Register next) {
    boolean isWritten =
        !unreachable
            && !readOnly
            && view == View.TRUE
            && register.generation() == next.generation() - 1;
    if (isWritten) {
      world.checker.onRegister(register, next);
      before = register;
      register = next;
    }
    return isWritten;
  }

  private void writeNow(
      Asker asker, RegisterAnswers to, long request, Register next, boolean silent) {
    boolean blind = world.planted == PlantedFault.BLIND_WRITE;
    boolean whole = view == View.TRUE && !asker.process.ownArbiter;
    if (next.registerId() != register.registerId()) {
      answer(asker, () -> to.onArbiterFailed(request));
      return;
    }
    boolean written = blind || whole && register.generation() == next.generation() - 1;
    if (written) {
      world.checker.onRegister(register, next);
      before = register;
      register = next;
    }
    if (!silent) {
      answer(asker, () -> to.onWritten(request, written));
      return;
    }
    world.count(FaultKind.ARBITER_AFTER_THE_FACT);
    if (world.planted == PlantedFault.UNKNOWN_IS_WON) {
      answer(asker, () -> to.onWritten(request, true));
    } else {
      fail(asker, request, world.chance(0.5));
    }
  }

  /** At once, or never: but a thread that waits for an answer has one some day. */
  private void fail(Asker asker, long request, boolean atOnce) {
    if (atOnce) {
      answer(asker, () -> asker.to.onArbiterFailed(request));
    } else if (world.agents) {
      world.after(
          world.between(World.TIMEOUT_NS, World.TIMEOUT_NS * 6),
          () -> answer(asker, () -> asker.to.onArbiterFailed(request)));
    }
  }

  private boolean isLost(Asker asker, long request, RegisterAnswers to) {
    boolean noDescriptor = asker.process.lacks(Resource.DESCRIPTOR);
    if (!unreachable && !noDescriptor && !world.chance(deaf)) {
      return false;
    }
    if (!noDescriptor) {
      world.count(FaultKind.ARBITER_UNREACHABLE);
    }
    if (world.planted == PlantedFault.UNKNOWN_IS_WON) {
      answer(asker, () -> to.onWritten(request, true));
    } else {
      fail(asker, request, noDescriptor || world.chance(0.5));
    }
    return true;
  }

  private void answer(Asker asker, Runnable event) {
    if (late) {
      world.count(FaultKind.ARBITER_LATE);
      Late answer = new Late(asker, event);
      held.add(answer);
      world.after(World.TIMEOUT_NS * 6, () -> deliver(answer));
      return;
    }
    world.after(world.between(100_000, 2_000_000), () -> asker.deliver(event));
  }

  private void deliver(Late answer) {
    if (held.remove(answer)) {
      answer.asker.deliver(answer.event);
    }
  }

  /** The link of this process broke: what was held back for it comes now, in any order with it. */
  void onLinkBroken(SimProcess process) {
    for (Late answer : List.copyOf(held)) {
      if (answer.asker.process == process) {
        world.after(world.between(0, World.TIMEOUT_NS / 4), () -> deliver(answer));
      }
    }
  }

  private long delay() {
    if (crawls) {
      return world.between(ANSWER_NS * 5 / 4, ANSWER_NS * 3);
    }
    if (world.chance(slow)) {
      world.count(FaultKind.ARBITER_SLOW);
      return world.between(World.TIMEOUT_NS / 4, World.TIMEOUT_NS * 5);
    }
    return world.between(100_000, 3_000_000);
  }

  void heal() {
    slow = 0;
    deaf = 0;
    afterTheFact = 0;
    isDead = false;
    crawls = false;
    unreachable = false;
    view = View.TRUE;
    readOnly = false;
    late = false;
  }

  boolean isEnded() {
    return register.ownership() instanceof Ownership.Ended;
  }

  /** A write is on its way. */
  boolean hasPendingWrites() {
    return pendingWrites > 0;
  }
}
