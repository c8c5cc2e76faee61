package org.understudy.vm.running;

import java.nio.ByteBuffer;
import org.understudy.checkpoint.guest.CaptureKind;
import org.understudy.checkpoint.guest.GuestHost;
import org.understudy.checkpoint.track.CapturedSet;
import org.understudy.vm.device.DeviceCapture;
import org.understudy.vm.disk.primary.DiskCut;
import org.understudy.vm.machine.PauseTimes;
import org.understudy.vm.machine.VmCounters;
import org.understudy.vm.machine.VmSettings;
import org.understudy.vm.net.FrameCut;

/**
 * Takes the captures of a running machine, on the guest's thread. What fails before a capture is
 * handed over leaves nothing taken; {@link CopyFault} lets the guest run on then.
 */
final class Captures {
  private final long timeoutNs;
  private final MemoryTracking tracking;
  private final DeviceCapture devices;
  private final GatedNetwork network;
  private final GatedDisks disks;
  private final VmCounters counters;
  private final CopyFault fault;
  private final Runnable onOutputTaken;
  private final VmCapture capture = new VmCapture();
  private final DirtyForecast forecast = new DirtyForecast();

  // Taken for the capture under way, null once that is handed over.
  private CapturedSet pages;
  private FrameCut frames;
  private DiskCut writes;

  private boolean isFirstState;
  private boolean isPausedForLast;
  private volatile boolean isHeld;

  /**
   * @param onOutputTaken output that comes from then on belongs to the next epoch
   */
  Captures(
      VmSettings settings,
      MemoryTracking tracking,
      DeviceCapture devices,
      GatedNetwork network,
      GatedDisks disks,
      VmCounters counters,
      CopyFault fault,
      Runnable onOutputTaken) {
    timeoutNs = settings.pauseTimeoutNs();
    this.tracking = tracking;
    this.devices = devices;
    this.network = network;
    this.disks = disks;
    this.counters = counters;
    this.fault = fault;
    this.onOutputTaken = onOutputTaken;
  }

  /** The next state is the first of a copy. */
  void begin() {
    isFirstState = true;
    forecast.forget();
  }

  /** Whether the guest stays paused after its last capture. */
  boolean isPausedForLast() {
    return isPausedForLast;
  }

  /** Pages that were probably written since the last capture. */
  long dirtyPages(long nowNs) {
    return forecast.pages(nowNs);
  }

  void round(GuestHost host) {
    disks.copySome();
    boolean areDisksCopied = disks.isCopied();
    writes = disks.cutOrNull();
    if (writes == null) {
      return; // told in the next cycle
    }
    try {
      pages = tracking.flip(CaptureKind.ROUND);
      capture.round(pages, areDisksCopied);
      capture.disk(writes);
      handOver(host);
    } finally {
      dropTaken();
    }
  }

  void checkpoint(CaptureKind kind, GuestHost host) {
    try {
      pauseAndCapture(kind, host);
    } finally {
      dropTaken();
    }
  }

  private void pauseAndCapture(CaptureKind kind, GuestHost host) {
    disks.beginPause();
    fault.pauses();
    long mirrorPosition =
        kind == CaptureKind.HANDOVER ? network.divertInput() : network.mirrorPosition();
    devices.stop(timeoutNs);
    if (disks.broken() != null) {
      devices.state(timeoutNs);
      devices.resume(timeoutNs);
      fault.settled();
      network.giveInputBack();
      return; // told in the next cycle
    }
    long pausedNs = System.nanoTime();
    pages = tracking.flip(kind);
    long flippedNs = System.nanoTime();
    forecast.onPaused(pausedNs, pages.count());
    onOutputTaken.run();
    frames = network.cutFrames();
    writes = disks.cut();
    // Last: QEMU has written its state while all this was done.
    ByteBuffer state = devices.state(timeoutNs);
    capture.checkpoint(kind, pages, state, isFirstState);
    isFirstState = false;
    capture.frames(mirrorPosition, frames);
    capture.clock(counters.clockLagNs(), VmCounters.hostTimeUs());
    capture.disk(writes);
    handOver(host);
    if (kind.pausesGuest()) {
      // From here on the other node may go on with it: it runs here only where the engine says so.
      isPausedForLast = true;
      fault.settled();
      devices.stay(timeoutNs);
      return;
    }
    resume();
    PauseTimes pause = times(pausedNs, flippedNs);
    counters.onPause(pause);
    host.resumed(pause.totalNs());
  }

  private void resume() {
    tracking.awaitResume();
    devices.resume(timeoutNs);
    fault.settled();
    forecast.onResumed(System.nanoTime());
  }

  /** After a last capture that was not the last one: the backup did not take the machine over. */
  void goOn() {
    isPausedForLast = false;
    fault.pauses();
    resume();
    network.giveInputBack();
  }

  /** While the guest stands still: its gate is cut and its memory may be compared. */
  private void handOver(GuestHost host) {
    FrameCut heldFrames = frames;
    DiskCut heldWrites = writes;
    isHeld = true;
    capture.onRelease(() -> {
      isHeld = false;
      if (heldFrames != null) {
        heldFrames.release();
      }
      heldWrites.release();
    });
    host.captured(capture);
    pages = null;
    frames = null;
    writes = null;
  }

  /** Of a capture that came to nothing. */
  private void dropTaken() {
    if (pages != null) {
      isHeld = false;
      pages.releaseAll();
      pages = null;
    }
    if (frames != null) {
      frames.release();
      frames = null;
    }
    if (writes != null) {
      writes.release();
      writes = null;
    }
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

  /** Nobody reads the last one any more. */
  void release() {
    if (isHeld) {
      capture.release();
    }
  }
}
