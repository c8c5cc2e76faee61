package org.understudy.vm.running;

import java.util.BitSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.checkpoint.guest.CaptureKind;
import org.understudy.checkpoint.guest.CopyAmount;
import org.understudy.checkpoint.guest.Guest;
import org.understudy.checkpoint.guest.GuestDescription;
import org.understudy.checkpoint.guest.GuestHost;
import org.understudy.checkpoint.guest.GuestLoad;
import org.understudy.checkpoint.guest.InputKind;
import org.understudy.checkpoint.guest.OutputGate;
import org.understudy.checkpoint.memory.GuestMemory;
import org.understudy.checkpoint.memory.MappedGuestMemory;
import org.understudy.host.schedule.Processors;
import org.understudy.host.schedule.TimeSlice;
import org.understudy.vm.device.DeviceCapture;
import org.understudy.vm.disk.RunningDisks;
import org.understudy.vm.machine.Machine;
import org.understudy.vm.machine.MachineWatch;
import org.understudy.vm.machine.MirrorTag;
import org.understudy.vm.machine.OwnershipView;
import org.understudy.vm.machine.VmCounters;
import org.understudy.vm.machine.VmSettings;
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

  /** An order that failed is tried again after so long. */
  private static final long RETRY_NS = 1_000_000_000L;

  /** Bridges may bring frames here for so long after the guest's address was announced there. */
  private static final long INPUT_LINGER_NS = 150_000_000;

  private final VmSettings settings;
  private final OwnershipView ownership;
  private final GuestDescription description;
  private final MappedGuestMemory memory;
  private final Machine machine;
  private final VmCounters counters;
  private final MemoryTracking tracking;
  private final DeviceCapture devices;
  private final GatedNetwork network;
  private final GatedDisks disks;
  private final OutputGate gate;
  private final CopyFault fault;
  private final CopyEnd end;
  private final Captures captures;
  private final GuestLoad load = new GuestLoad();
  private final ConcurrentLinkedQueue<Runnable> orders = new ConcurrentLinkedQueue<>();
  private final Thread thread;

  /** Where threads of this node may run. */
  private final BitSet processors = Processors.of(0);

  private GuestHost host;
  private Runnable letRunAtStart = () -> {};
  private long obeyAgainNs = System.nanoTime();
  private volatile boolean outputWaits;
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
    this.ownership = ownership;
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
    fault = new CopyFault(ownership, this::letRun);
    end = new CopyEnd(machine, this.disks, fault);
    Runnable taken = () -> outputWaits = false;
    captures =
        new Captures(settings, tracking, devices, network, this.disks, counters, fault, taken);
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

  /** Of its QEMU. */
  public long pid() {
    return machine.pid();
  }

  @Override
  public String trackerName() {
    return tracking.name();
  }

  @Override
  public OutputGate localGate() {
    return gate;
  }

  /** What lets a machine run that stands still; it is run at the start. */
  public void runs(Runnable newLetRun) {
    letRunAtStart = newLetRun;
  }

  @Override
  public void start(GuestHost newHost) {
    host = newHost;
    letRunAtStart.run();
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
                VmGuest.this.onMonitorGone(reason);
              }
            });
    thread.start();
  }

  /** A monitor that was closed says nothing of the guest: only the end of its process does. */
  private void onMonitorGone(String reason) {
    if (closed) {
      return;
    }
    if (machine.awaitEnd(CopyEnd.GONE_NS)) {
      host.guestFailed(new IllegalStateException(reason + "; it " + machine.lastWords()));
    } else {
      fault.monitorGone(reason);
      wakeUp();
    }
  }

  // ---- the guest's thread

  private void cycles() {
    TimeSlice.shorten();
    while (!closed) {
      if (!tryCycle()) {
        LockSupport.parkNanos(this, parkNs(System.nanoTime()));
      }
    }
  }

  /** Whatever is thrown here concerns the copy: the guest runs in QEMU and needs none of it. */
  @SuppressWarnings("checkstyle:IllegalCatch")
  private boolean tryCycle() {
    try {
      return obey() && cycle();
    } catch (Throwable e) {
      if (!closed) {
        fault.happened(e);
      }
      return false;
    }
  }

  private boolean letRun() {
    boolean runs = devices.letRun() || machine.letRunAnew();
    if (runs) {
      network.giveInputBack();
    }
    return runs;
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

  /** In their order. One that fails is tried again, and the others wait behind it. */
  private boolean obey() {
    if (System.nanoTime() - obeyAgainNs < 0) {
      return true;
    }
    for (Runnable order = orders.peek(); order != null; order = orders.peek()) {
      try {
        order.run();
      } catch (RuntimeException | Error e) {
        obeyAgainNs = System.nanoTime() + RETRY_NS;
        throw e;
      }
      orders.remove();
    }
    return true;
  }

  private boolean cycle() {
    long nowNs = System.nanoTime();
    load.dirtyPages = captures.dirtyPages(nowNs);
    load.outputBytes = outputWaits ? 1 : 0;
    load.outputFlows = outputWaits && network.isFlowing(nowNs);
    load.fullestQueuePercent = Math.max(network.usedPercent(), disks.usedPercent());
    disks.follow();
    // Before orders of the agent are taken up, which belong to the copy after this one.
    boolean broken = end.isReached(host, nowNs);
    CaptureKind kind = host.captureDue(nowNs, load);
    if (captures.isPausedForLast()) {
      return host.goesOn() && goOn();
    }
    if (!fault.recover(host, nowNs)) {
      return false;
    }
    // An order on its way may make the request void: it is asked for again in the next cycle.
    if (kind == CaptureKind.NONE || broken || !tracking.isTracking() || !orders.isEmpty()) {
      return false;
    }
    if (kind == CaptureKind.ROUND) {
      captures.round(host);
    } else {
      captures.checkpoint(kind, host);
    }
    return true;
  }

  private boolean goOn() {
    captures.goOn();
    return true;
  }

  // ---- the agent's thread

  @Override
  public void startTracking() {
    order(this::beginCopy);
  }

  private void beginCopy() {
    fault.clear();
    captures.begin();
    Processors.set(0, processors); // what is started here inherits them
    network.attach();
    disks.startCopy();
    tracking.start();
    if (!settings.pins().isEmpty()) {
      // What is captured is in the cache of the guest's processor, which stands still meanwhile.
      Processors.set(0, Processors.listed(settings.pins()));
    }
  }

  @Override
  public void stopTracking() {
    order(() -> {
      fault.clear();
      tracking.stop();
      devices.rest();
      disks.stopCopy();
    });
  }

  /** Tried until it works: what is behind the gate waits, however long. */
  @Override
  public void openGate() {
    orders.add(gate::open);
    wakeUp();
  }

  /** One of protecting, that ends the copy where it fails. */
  private void order(Runnable order) {
    orders.add(() -> {
      try {
        order.run();
      } catch (RuntimeException | Error e) {
        fault.happened(e);
      }
    });
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
  public CopyAmount besideMemory() {
    return disks.toCopy();
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
    if (machine.isForeign() && ownership.isAlone()) {
      leave();
    } else {
      network.discard();
      // QEMU first: whatever the thread waits for there ends with it.
      machine.close();
      captures.release();
      wakeUp();
      join();
    }
    network.end();
    disks.close();
    devices.close();
    tracking.close();
    machine.release();
    memory.close();
  }

  /**
   * Of a QEMU that something else started and that has the only state of the guest: it outlives a
   * node that ends for a reason of its own, and the node's next process finds it.
   */
  private void leave() {
    captures.release();
    wakeUp();
    join();
    if (!letRun()) {
      LOG.warn("the guest may be left paused in QEMU {}", machine.pid());
    }
    network.letGo();
    LOG.warn(
        "QEMU {} is left with the guest, which has no disks without this node; a process of this"
            + " node can attach it again",
        machine.pid());
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

    /** While the guest is protected nothing of it leaves there any more: it is better off alone. */
    @Override
    public void onLost(int nic, String why) {
      order(() -> fault.happened(new IllegalStateException("interface " + nic + ": " + why)));
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
