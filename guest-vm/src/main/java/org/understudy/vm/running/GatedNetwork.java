package org.understudy.vm.running;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.checkpoint.guest.OutputGate;
import org.understudy.vm.machine.Machine;
import org.understudy.vm.machine.VmSettings;
import org.understudy.vm.net.FrameCut;
import org.understudy.vm.net.GuestNetwork;
import org.understudy.vm.net.NetCounts;
import org.understudy.vm.net.NetException;
import org.understudy.vm.net.NetSettings;
import org.understudy.vm.qmp.QmpException;

/**
 * The network of a running machine, whose filters are put in for the first copy: a guest that was
 * never protected, or serves alone, has none.
 */
final class GatedNetwork implements OutputGate {
  /** One answer or two are no flow: whoever waits for them waits for the capture. */
  private static final int FLOW_FRAMES = 16;

  /**
   * A guest that has sent nothing for so long has done what it was asked: its clients wait for what
   * is held.
   */
  private static final long QUIET_NS = 1_000_000;

  private static final Logger LOG = LoggerFactory.getLogger("understudy.vm");

  private final VmSettings settings;
  private final Machine machine;
  private final GuestNetwork.Listener listener;
  private volatile GuestNetwork network;
  private volatile boolean isDiscarded;

  GatedNetwork(VmSettings settings, Machine machine, GuestNetwork.Listener listener) {
    this.settings = settings;
    this.machine = machine;
    this.listener = listener;
  }

  /** Puts the filters in; frames pass until the gate is closed. */
  void attach() {
    if (network != null) {
      network.ensureAttached();
      return;
    }
    network =
        GuestNetwork.attach(
            machine.qmp(),
            settings.config().nics(),
            machine::netdev,
            settings.directory(),
            NetSettings.DEFAULT,
            listener,
            settings.timeoutNs());
    if (isDiscarded) {
      network.gate().discard();
    }
  }

  /** Taken before a pause: see {@link GuestNetwork#mirrorPosition}. */
  long mirrorPosition() {
    return network.mirrorPosition();
  }

  /**
   * Takes input away and returns the exact {@link #mirrorPosition}, before a pause after which
   * another node is to go on: what comes from now on is for the guest there. Where QEMU does not do
   * that the guest moves all the same, and TCP sends again.
   */
  long divertInput() {
    try {
      return network.divertInput();
    } catch (NetException | QmpException e) {
      LOG.warn("frames that come during the switchover may be lost: {}", e.getMessage());
      return network.mirrorPosition();
    }
  }

  /** The guest goes on here. */
  void giveInputBack() {
    GuestNetwork current = network;
    if (current == null) {
      return;
    }
    try {
      current.giveInputBack();
    } catch (NetException | QmpException e) {
      LOG.warn("frames that came while the guest was paused may be lost: {}", e.getMessage());
    }
  }

  /** In the pause: the frames of the epoch. */
  FrameCut cutFrames() {
    network.drain();
    return network.cutFrames();
  }

  int usedPercent() {
    GuestNetwork current = network;
    return current == null ? 0 : current.usedPercent();
  }

  /** Whether much output is held of this epoch or was of the last, and more came a moment ago. */
  boolean isFlowing(long nowNs) {
    GuestNetwork current = network;
    return current != null
        && current.framesLately() >= FLOW_FRAMES
        && nowNs - current.lastHeldNs() < QUIET_NS;
  }

  NetCounts counts() {
    GuestNetwork current = network;
    return current == null ? new NetCounts(0, 0, 0, 0, 0, 0) : current.counts();
  }

  @Override
  public void close() {
    network.gate().close();
  }

  @Override
  public void cut(long epoch) {
    network.gate().cut(epoch);
  }

  @Override
  public void release(long epoch) {
    network.gate().release(epoch);
  }

  @Override
  public void open() {
    GuestNetwork current = network;
    if (current != null) {
      current.gate().open();
    }
  }

  /** Where there are no filters only the end of QEMU keeps its output in. */
  @Override
  public void discard() {
    isDiscarded = true;
    GuestNetwork current = network;
    if (current == null) {
      machine.close();
    } else {
      current.gate().discard();
    }
  }

  /** Of a guest that goes on without this node: nothing of it may be left in its way. */
  void letGo() {
    GuestNetwork current = network;
    if (current != null && !current.detach(settings.timeoutNs())) {
      LOG.error("filters of this node are left in QEMU: what the guest sends is dropped there");
    }
  }

  void end() {
    GuestNetwork current = network;
    if (current != null) {
      current.close();
    }
  }
}
