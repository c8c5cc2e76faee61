package org.understudy.vm.standby;

import java.io.IOException;
import java.util.function.LongSupplier;
import org.agrona.CloseHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.checkpoint.guest.HeldUpException;
import org.understudy.checkpoint.guest.Readiness;
import org.understudy.checkpoint.memory.MappedGuestMemory;
import org.understudy.vm.disk.RunningDisks;
import org.understudy.vm.machine.VmCounters;
import org.understudy.vm.qemu.QemuException;

/**
 * The way from a won claim to a guest that runs. Until the guest runs, whatever fails only holds it
 * up: this is the guest's last copy, so the step is tried again about once a second, and the reason
 * says what an operator has to mend.
 */
public final class VmTakeover implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("understudy.vm");
  private static final long TRY_AGAIN_NS = 1_000_000_000L;

  private enum Step {
    ANNOUNCE,
    DISKS,
    LOAD,
    CONNECT,
    SEND_HELD,
    DURABLE,
    RUN,
    DONE
  }

  private final VmStandby standby;
  private final LongSupplier clock;
  private final VmTakeoverTimes times = new VmTakeoverTimes();
  private Step step = Step.ANNOUNCE;
  private RunningDisks disks;
  private WaitingMachine machine;
  private String obstacle;
  private long heldUpNs;

  public VmTakeover(VmStandby standby, LongSupplier clock) {
    this.standby = standby;
    this.clock = clock;
  }

  /** Whether it may be tried; after a failure not at once. */
  public Readiness readiness() {
    boolean isDue = obstacle == null || clock.getAsLong() - heldUpNs >= TRY_AGAIN_NS;
    return isDue ? Readiness.READY : Readiness.failed(obstacle);
  }

  /**
   * Goes on where it stood.
   *
   * @throws HeldUpException as long as the guest does not run
   */
  public void run(MappedGuestMemory image) {
    if (machine != null && !machine.isAlive()) {
      LOG.warn("the restored QEMU ended: {}", machine.machine().lastWords());
      dropMachine();
    }
    while (step != Step.DONE) {
      if (step == Step.RUN) {
        machine.run(); // from here on the guest may have run, and nothing may be done twice
        standby.counters().onTakenOver(VmCounters.hostTimeUs());
      } else {
        attempt(image);
      }
      times.done(step.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' '));
      step = Step.values()[step.ordinal() + 1];
    }
  }

  private void attempt(MappedGuestMemory image) {
    try {
      take(image);
    } catch (IOException | RuntimeException | Error e) {
      heldUpNs = clock.getAsLong();
      obstacle =
          "the guest cannot go on here yet, and is tried again ("
              + step
              + "): "
              + (e instanceof Error ? e.toString() : e.getMessage());
      throw new HeldUpException(obstacle, e);
    }
  }

  private void take(MappedGuestMemory image) throws IOException {
    switch (step) {
      case ANNOUNCE -> standby.network().announce();
      case DISKS -> disks = standby.takeOverDisks();
      case LOAD -> machine = standby.load(image);
      case CONNECT -> machine.connectTaps();
      case SEND_HELD -> standby.network().sendHeld();
      case DURABLE -> disks.awaitDurable();
      default -> throw new QemuException("no step of a takeover: " + step);
    }
  }

  private void dropMachine() {
    CloseHelper.quietClose(machine);
    machine = null;
    step = step.ordinal() > Step.LOAD.ordinal() ? Step.LOAD : step;
  }

  public RunningDisks disks() {
    return disks;
  }

  public WaitingMachine machine() {
    return machine;
  }

  @Override
  public String toString() {
    return times.toString();
  }

  /** Gives up what did not come to run. */
  @Override
  public void close() {
    if (step != Step.DONE) {
      CloseHelper.quietCloseAll(machine, disks);
    }
  }
}
