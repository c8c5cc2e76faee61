package org.understudy.vm.standby;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.checkpoint.guest.Readiness;
import org.understudy.checkpoint.guest.Standby;
import org.understudy.checkpoint.memory.MappedGuestMemory;
import org.understudy.vm.disk.RunningDisks;
import org.understudy.vm.disk.StandbyDisks;
import org.understudy.vm.disk.primary.DiskLogSettings;
import org.understudy.vm.disk.record.DiskRecords;
import org.understudy.vm.machine.OwnershipView;
import org.understudy.vm.machine.VmCounters;
import org.understudy.vm.machine.VmSettings;
import org.understudy.vm.qemu.QemuException;

/**
 * The backup's half of a machine: a second QEMU that waits on the image's memory, the device state
 * of the last committed epoch, and a restore that is tried out before the pair counts as protected.
 *
 * <p>A thread of its own starts, supervises and tries; the agent only hands over and looks.
 */
public final class VmStandby implements Standby, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("understudy.vm");
  private static final long SUPERVISE_MS = 200;
  private static final long JOIN_MS = 10_000;

  private final VmSettings settings;
  private final OwnershipView ownership;
  private final VmCounters counters;
  private final StandbyNetwork network;
  private final StandbyDisks disks;
  private final CommittedState state = new CommittedState();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Preparation preparation = new Preparation();
  private final Thread keeper;
  private MappedGuestMemory memory;
  private WaitingMachine waiting;
  private EarlyRestore early;
  private VmTakeover takeover;
  private boolean isTaken;
  private int machines;

  public VmStandby(VmSettings settings, OwnershipView ownership, VmCounters counters) {
    this.settings = settings;
    this.ownership = ownership;
    network = new StandbyNetwork(settings, counters);
    this.counters = counters;
    try {
      disks = StandbyDisks.open(settings.disks(), settings.directory(), StandbyDisks.LIMIT_BYTES);
    } catch (IOException e) {
      throw new QemuException("the disks cannot be used: " + e.getMessage(), e);
    }
    keeper = Thread.ofPlatform().daemon().name("vm-standby").start(this::keep);
  }

  // ---- the agent's thread

  /** An image is made in this memory: a QEMU is started to wait on it. */
  public void waitOn(MappedGuestMemory image) {
    discard();
    locked(() -> {
      memory = image;
      preparation.newImage();
      changed.signalAll();
    });
  }

  @Override
  public void deviceState(long epoch, DirectBuffer encoded, int length) {
    state.receive(encoded, length);
  }

  @Override
  public void commit(
      long epoch, DirectBuffer diskWrites, int diskLength, DirectBuffer frames, int length) {
    // Whatever refuses comes first: state, disks and frames are of one epoch or the one before.
    StandbyNetwork.validate(frames, length);
    disks.commit(epoch, diskWrites, diskLength);
    network.commit(epoch, frames, length);
    commitState(epoch);
    counters.onCommitted(DiskRecords.count(diskWrites, diskLength));
    if (epoch == 0) {
      network.open();
    }
  }

  private void commitState(long epoch) {
    locked(() -> {
      state.commit();
      preparation.committed(epoch);
    });
  }

  @Override
  public void startCopy() {
    network.discard();
    disks.startCopy(ownership.registerId());
  }

  @Override
  public void round(DirectBuffer diskWrites, int length) {
    if (length > 0) {
      disks.round(diskWrites, length);
    }
  }

  @Override
  public void mirrored(long sequence, long sessionId, DirectBuffer buffer, int offset, int length) {
    network.mirrored(sequence, sessionId, buffer, offset, length);
  }

  @Override
  public void tookOver(boolean isHandedOver) {
    network.tookOver(isHandedOver);
  }

  @Override
  public void applied(long epoch) {
    locked(() -> {
      if (preparation.applied(epoch)) {
        changed.signalAll();
      }
    });
  }

  @Override
  public void released(long epoch) {
    network.released(epoch);
  }

  @Override
  public Readiness readiness() {
    lock.lock();
    try {
      return preparation.readiness(isAlive(), disks.isCopyDurable());
    } finally {
      lock.unlock();
    }
  }

  @Override
  public int nextNote(org.agrona.MutableDirectBuffer into, int capacity) {
    return disks.nextNote(into, capacity);
  }

  @Override
  public Readiness takeoverReadiness() {
    return takeover == null ? disks.takeoverReadiness() : takeover.readiness();
  }

  /** The takeover that is under way. */
  public VmTakeover takeover() {
    if (takeover == null) {
      takeover = new VmTakeover(this, System::nanoTime);
    }
    return takeover;
  }

  @Override
  public void discard() {
    WaitingMachine useless;
    EarlyRestore begun;
    lock.lock();
    try {
      useless = waiting;
      waiting = null;
      begun = early;
      early = null;
      memory = null;
      state.discard();
      preparation.discard();
    } finally {
      lock.unlock();
    }
    network.discard();
    disks.discard();
    CloseHelper.closeAll(useless, begun, takeover);
    takeover = null;
  }

  @Override
  public void expectTakeover() {
    locked(() -> {
      if (preparation.expectTakeover(isAlive())) {
        early = EarlyRestore.start(waiting, state.committed(), settings.timeoutNs());
        waiting = null;
      }
    });
  }

  /** The QEMU that waits. */
  private boolean isAlive() {
    return waiting != null && waiting.isAlive();
  }

  public VmCounters counters() {
    return counters;
  }

  /** The network's half, for the takeover. */
  public StandbyNetwork network() {
    return network;
  }

  /** After a won claim: the disks go on as the running guest's. */
  public RunningDisks takeOverDisks() throws IOException {
    return disks.takeOver(ownership.generation(), DiskLogSettings.DEFAULT);
  }

  /**
   * The guest at the last committed epoch, loaded and still paused. What does not load is tried
   * again in a fresh QEMU: image and state stay what they are.
   */
  public WaitingMachine load(MappedGuestMemory image) {
    WaitingMachine next = takeEarly();
    if (next != null) {
      return next;
    }
    next = take();
    for (int attempt = 1; ; attempt++) {
      try {
        if (next == null) {
          next = WaitingMachine.start(settings, image, nextNumber(), disks.sockets());
        }
        next.loader().load(state.committed(), settings.timeoutNs());
        return next;
      } catch (RuntimeException e) {
        LOG.error("restore, attempt {} of {}: {}", attempt, Preparation.ATTEMPTS, e.getMessage());
        if (next != null) {
          next.close();
          next = null;
        }
        if (attempt == Preparation.ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  private WaitingMachine takeEarly() {
    EarlyRestore begun;
    lock.lock();
    try {
      begun = early;
      early = null;
      if (begun != null) {
        isTaken = true;
        preparation.over();
      }
    } finally {
      lock.unlock();
    }
    return begun == null ? null : begun.await();
  }

  private WaitingMachine take() {
    lock.lock();
    try {
      isTaken = true;
      preparation.over();
      changed.signalAll();
      WaitingMachine taken = isAlive() ? waiting : null;
      waiting = null;
      return taken;
    } finally {
      lock.unlock();
    }
  }

  private <T> T locked(Supplier<T> work) {
    lock.lock();
    try {
      return work.get();
    } finally {
      lock.unlock();
    }
  }

  private void locked(Runnable work) {
    lock.lock();
    try {
      work.run();
    } finally {
      lock.unlock();
    }
  }

  private int nextNumber() {
    return locked(() -> ++machines);
  }

  @Override
  public void close() {
    lock.lock();
    try {
      preparation.over();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    discard();
    try {
      keeper.join(JOIN_MS);
      disks.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      LOG.warn("closing the disks: {}", e.getMessage());
    }
    if (!isTaken) {
      network.close();
    }
  }

  // ---- the keeper's thread

  private void keep() {
    try {
      while (awaitWork()) {
        superviseWaiting();
        switch (locked(preparation::next)) {
          case START -> startMachine();
          case TRY -> tryOut();
          default -> {}
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean awaitWork() throws InterruptedException {
    lock.lock();
    try {
      Preparation.Job next = preparation.next();
      if (next == Preparation.Job.NONE || next == Preparation.Job.TRY) {
        changed.await(SUPERVISE_MS, TimeUnit.MILLISECONDS); // a trial that failed is not in haste
      }
      return preparation.next() != Preparation.Job.LEAVE;
    } finally {
      lock.unlock();
    }
  }

  private void superviseWaiting() {
    lock.lock();
    try {
      if (waiting != null && !waiting.isAlive()) {
        LOG.warn("the waiting QEMU ended: {}", waiting.machine().lastWords());
        waiting.close();
        waiting = null;
        preparation.ended();
      }
    } finally {
      lock.unlock();
    }
  }

  private void startMachine() {
    MappedGuestMemory image;
    int ofImage;
    int number;
    lock.lock();
    try {
      image = memory;
      ofImage = preparation.image();
      number = ++machines;
    } finally {
      lock.unlock();
    }
    if (image == null) {
      return; // it was discarded just now
    }
    try {
      offer(WaitingMachine.start(settings, image, number, disks.sockets()), ofImage);
    } catch (RuntimeException | Error e) {
      failed(ofImage, "no QEMU waits", e);
    }
  }

  private void offer(WaitingMachine started, int ofImage) {
    boolean wanted;
    lock.lock();
    try {
      wanted = preparation.started(ofImage);
      if (wanted) {
        waiting = started;
      }
    } finally {
      lock.unlock();
    }
    if (!wanted) {
      started.close();
    }
  }

  private void tryOut() {
    MappedGuestMemory image;
    int ofImage;
    ByteBuffer tried;
    long epoch;
    lock.lock();
    try {
      if (preparation.next() != Preparation.Job.TRY || state.committed() == null) {
        return; // a newer epoch, or another image, came just now
      }
      image = memory;
      ofImage = preparation.image();
      tried = state.copy();
      epoch = preparation.committedEpoch();
    } finally {
      lock.unlock();
    }
    try {
      Trial.run(settings, image.path(), disks.sizesBytes(), tried);
      locked(() -> preparation.tried(ofImage));
    } catch (RuntimeException | Error e) {
      // After a newer epoch state and memory no longer belonged together.
      if (locked(() -> preparation.isStillAt(epoch))) {
        failed(ofImage, "the restore of epoch " + epoch + " was tried and failed", e);
      }
    }
  }

  private void failed(int ofImage, String what, Throwable e) {
    String why = what + ": " + (e instanceof Error ? e.toString() : e.getMessage());
    LOG.warn(why);
    locked(() -> preparation.failed(ofImage, why));
  }
}
