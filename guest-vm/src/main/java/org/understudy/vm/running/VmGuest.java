package org.understudy.vm.running;

import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.checkpoint.guest.CaptureKind;
import org.understudy.checkpoint.guest.Guest;
import org.understudy.checkpoint.guest.GuestDescription;
import org.understudy.checkpoint.guest.GuestHost;
import org.understudy.checkpoint.guest.GuestLoad;
import org.understudy.checkpoint.guest.InputKind;
import org.understudy.checkpoint.guest.OutputGate;
import org.understudy.checkpoint.memory.GuestMemory;
import org.understudy.checkpoint.memory.MappedGuestMemory;
import org.understudy.checkpoint.track.CapturedSet;
import org.understudy.host.schedule.Processors;
import org.understudy.host.schedule.TimeSlice;
import org.understudy.vm.capture.DeviceCapture;
import org.understudy.vm.disk.RunningDisks;
import org.understudy.vm.disk.primary.DiskCut;
import org.understudy.vm.machine.Machine;
import org.understudy.vm.machine.MachineWatch;
import org.understudy.vm.machine.MirrorTag;
import org.understudy.vm.machine.OwnershipView;
import org.understudy.vm.machine.PauseTimes;
import org.understudy.vm.machine.VmCounters;
import org.understudy.vm.machine.VmSettings;
import org.understudy.vm.net.FrameCut;
import org.understudy.vm.net.GuestNetwork;

/**
 * A running machine. Its processors run in QEMU; the thread here only takes captures and carries
 * out orders.
 */
public final class VmGuest implements Guest {
  private static final Logger LOG = LoggerFactory.getLogger("understudy.vm");
  private static final long DUE_PARK_NS = 250_000;

  /** While nothing waits; whatever is due before then wakes the thread up. */
  private static final long TRACKED_PARK_NS = 1_000_000;

  private static final long IDLE_PARK_NS = 20_000_000;
  private static final long JOIN_MS = 10_000;

  /** A QEMU that takes longer is stuck; its guest goes on elsewhere. */
  private static final long CAPTURE_TIMEOUT_NS = 5_000_000_000L;

  /** Bridges may bring frames here for so long after the guest's address was announced there. */
  private static final long INPUT_LINGER_NS = 150_000_000;

  private final VmSettings settings;
  private final GuestDescription description;
  private final MappedGuestMemory memory;
  private final Machine machine;
  private final VmCounters counters;
  private final MemoryTracking tracking;
  private final DeviceCapture devices;
  private final GatedNetwork network;
  private final GatedDisks disks;
  private final OutputGate gate;
  private final VmCapture capture = new VmCapture();
  private final GuestLoad load = new GuestLoad();
  private final DirtyForecast forecast = new DirtyForecast();
  private final ConcurrentLinkedQueue<Runnable> orders = new ConcurrentLinkedQueue<>();
  private final Thread thread;

  /** Where threads of this node may run. */
  private final BitSet processors = Processors.of(0);

  private GuestHost host;
  private boolean firstState;
  private boolean paused;
  private volatile boolean outputWaits;
  private volatile boolean capturing;
  private volatile boolean closed;

  public VmGuest(
      VmSettings settings,
      OwnershipView ownership,
      GuestDescription description,
      MappedGuestMemory memory,
      Machine machine,
      DeviceCapture devices,
      RunningDisks disks,
      VmCounters counters) {
    this.settings = settings;
    this.disks = new GatedDisks(disks, ownership);
    this.description = description;
    this.memory = memory;
    this.machine = machine;
    this.counters = counters;
    tracking = new MemoryTracking(settings, memory, machine.pid());
    this.devices = devices;
    network = new GatedNetwork(settings, machine, new NetworkEvents());
    counters.source(network::counts, disks::recordedWrites);
    gate = new VmGate(network, this.disks);
    thread = Thread.ofPlatform().daemon().name("vm-guest").unstarted(this::cycles);
  }

  @Override
  public GuestDescription description() {
    return description;
  }

  @Override
  public GuestMemory memory() {
    return memory;
  }

  @Override
  public String trackerName() {
    return tracking.name();
  }

  @Override
  public OutputGate localGate() {
    return gate;
  }

  @Override
  public void start(GuestHost newHost) {
    host = newHost;
    machine
        .watch()
        .listener(
            new MachineWatch.Listener() {
              @Override
              public void onGuestEnded(String reason) {
                host.guestEnded(reason);
              }

              @Override
              public void onQemuGone(String reason) {
                if (!closed) {
                  host.guestFailed(new IllegalStateException(reason + machine.lastWords()));
                }
              }
            });
    thread.start();
  }

  // ---- the guest's thread

  private void cycles() {
    TimeSlice.shorten();
    try {
      while (!closed) {
        obey();
        if (!cycle()) {
          LockSupport.parkNanos(this, parkNs(System.nanoTime()));
        }
      }
    } catch (RuntimeException e) {
      if (!closed) {
        LOG.error("the guest cannot be captured", e);
        host.guestFailed(e);
      }
    }
  }

  private long parkNs(long nowNs) {
    if (!tracking.isTracking()) {
      return IDLE_PARK_NS;
    }
    if (!outputWaits) {
      return TRACKED_PARK_NS;
    }
    // It may cease to flow, and is due sooner then.
    load.outputFlows = false;
    return Math.clamp(host.outputDueInNs(nowNs, load), DUE_PARK_NS, TRACKED_PARK_NS);
  }

  private void obey() {
    for (Runnable order = orders.poll(); order != null; order = orders.poll()) {
      order.run();
    }
  }

  private boolean cycle() {
    long nowNs = System.nanoTime();
    load.dirtyPages = forecast.pages(nowNs);
    load.outputBytes = outputWaits ? 1 : 0;
    load.outputFlows = outputWaits && network.isFlowing(nowNs);
    load.fullestQueuePercent = Math.max(network.usedPercent(), disks.usedPercent());
    disks.follow();
    boolean broken = isBroken();
    CaptureKind kind = host.captureDue(nowNs, load);
    if (paused) {
      return host.goesOn() && goOn();
    }
    // An order on its way may make the request void: it is asked for again in the next cycle.
    if (kind == CaptureKind.NONE || broken || !tracking.isTracking() || !orders.isEmpty()) {
      return false;
    }
    if (kind == CaptureKind.ROUND) {
      round();
    } else {
      checkpoint(kind);
    }
    return true;
  }

  /**
   * Whether the epoch's disk writes are not all there. Asked before orders of the agent are taken
   * up, which belong to the copy after this one.
   */
  private boolean isBroken() {
    String reason = disks.broken();
    if (reason != null) {
      host.protectionBroken(reason);
    }
    return reason != null;
  }

  private void round() {
    disks.copySome();
    boolean areDisksCopied = disks.isCopied();
    DiskCut writes = disks.cutOrNull();
    if (writes == null) {
      return; // told in the next cycle
    }
    capture.round(tracking.flip(CaptureKind.ROUND), areDisksCopied);
    capture.disk(writes);
    handOver(writes::release);
  }

  private void checkpoint(CaptureKind kind) {
    disks.beginPause();
    long mirrorPosition =
        kind == CaptureKind.HANDOVER ? network.divertInput() : network.mirrorPosition();
    devices.stop(CAPTURE_TIMEOUT_NS);
    if (disks.broken() != null) {
      devices.state(CAPTURE_TIMEOUT_NS);
      devices.resume(CAPTURE_TIMEOUT_NS);
      network.giveInputBack();
      return; // told in the next cycle
    }
    long pausedNs = System.nanoTime();
    CapturedSet pages = tracking.flip(kind);
    long flippedNs = System.nanoTime();
    forecast.onPaused(pausedNs, pages.count());
    outputWaits = false;
    FrameCut frames = network.cutFrames();
    DiskCut writes = disks.cut();
    // Last: QEMU has written its state while all this was done.
    ByteBuffer state = devices.state(CAPTURE_TIMEOUT_NS);
    capture.checkpoint(kind, pages, state, firstState);
    firstState = false;
    capture.frames(mirrorPosition, frames);
    capture.disk(writes);
    // While the guest stands still: its gate is cut and its memory may be compared.
    handOver(() -> {
      frames.release();
      writes.release();
    });
    if (kind.pausesGuest()) {
      devices.stay(CAPTURE_TIMEOUT_NS);
      paused = true;
      return;
    }
    tracking.awaitResume();
    devices.resume(CAPTURE_TIMEOUT_NS);
    forecast.onResumed(System.nanoTime());
    PauseTimes pause = times(pausedNs, flippedNs);
    counters.onPause(pause);
    host.resumed(pause.totalNs());
  }

  /** After a last capture that was not the last one: the backup did not take the machine over. */
  private boolean goOn() {
    tracking.awaitResume();
    devices.resume(CAPTURE_TIMEOUT_NS);
    network.giveInputBack();
    paused = false;
    return true;
  }

  private void handOver(Runnable onRelease) {
    capturing = true;
    capture.onRelease(() -> {
      capturing = false;
      onRelease.run();
    });
    host.captured(capture);
  }

  private PauseTimes times(long pausedNs, long flippedNs) {
    DeviceCapture.PauseParts parts = devices.pauseParts();
    long flipNs = flippedNs - pausedNs;
    long scanNs = Math.min(flipNs, tracking.scanNs());
    return new PauseTimes(
        parts.stateNs(),
        scanNs,
        flipNs - scanNs,
        Math.max(0, parts.heldNs() - flipNs),
        parts.resumeNs());
  }

  // ---- the agent's thread

  @Override
  public void startTracking() {
    order(() -> {
      firstState = true;
      forecast.forget();
      Processors.set(0, processors); // what is started here inherits them
      network.attach();
      disks.startCopy();
      tracking.start();
      if (!settings.pins().isEmpty()) {
        // What is captured is in the cache of the guest's processor, which stands still meanwhile.
        Processors.set(0, Processors.listed(settings.pins()));
      }
    });
  }

  @Override
  public void stopTracking() {
    order(() -> {
      tracking.stop();
      devices.rest();
      disks.stopCopy();
    });
  }

  @Override
  public void openGate() {
    order(gate::open);
  }

  private void order(Runnable order) {
    orders.add(order);
    wakeUp();
  }

  @Override
  public void standbyNote(DirectBuffer note, int offset, int length) {
    byte[] copy = new byte[length];
    note.getBytes(offset, copy);
    order(() -> disks.baseNote(new UnsafeBuffer(copy), 0, length));
  }

  @Override
  public long inputLingerNs() {
    return INPUT_LINGER_NS;
  }

  /** A machine gets its inputs from its network. */
  @Override
  public boolean offerInput(
      long sequence,
      long stampNs,
      InputKind kind,
      long sessionId,
      DirectBuffer bytes,
      int offset,
      int length) {
    return true;
  }

  @Override
  public void serveLocally(boolean on) {
    // Its clients come over its network, wherever it runs.
  }

  @Override
  public void closeRemoteSessions() {
    // It has none.
  }

  @Override
  public long runningSinceNs() {
    return machine.runningSinceNs();
  }

  @Override
  public void wakeUp() {
    LockSupport.unpark(thread);
  }

  @Override
  public int queuedInputs() {
    return 0;
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    network.discard();
    // QEMU first: whatever the thread waits for there ends with it.
    machine.close();
    if (capturing) {
      capture.release();
    }
    wakeUp();
    join();
    network.end();
    disks.close();
    devices.close();
    tracking.close();
    memory.close();
  }

  /** Told on the network's thread. */
  private final class NetworkEvents implements GuestNetwork.Listener {
    private long sequence;

    @Override
    public void onOutputHeld() {
      outputWaits = true;
      wakeUp();
    }

    @Override
    public void onInput(int nic, DirectBuffer buffer, int offset, int length) {
      sequence++;
      host.offerMirrored(sequence, 0, MirrorTag.of(nic), buffer, offset, length);
    }

    @Override
    public void onInputDiverted(int nic, DirectBuffer buffer, int offset, int length) {
      sequence++;
      host.offerMirrored(sequence, 0, MirrorTag.ofUnseen(nic), buffer, offset, length);
    }
  }

  private void join() {
    try {
      if (thread != Thread.currentThread()) {
        thread.join(JOIN_MS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
