package org.understudy.vm.standby;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.checkpoint.memory.MemoryBound;
import org.understudy.vm.machine.FramesSection;
import org.understudy.vm.machine.MirrorTag;
import org.understudy.vm.machine.VmCounters;
import org.understudy.vm.machine.VmSettings;
import org.understudy.vm.net.FrameInjector;
import org.understudy.vm.net.FrameRecords;
import org.understudy.vm.net.Frames;
import org.understudy.vm.net.HeldFrames;
import org.understudy.vm.net.InputFrameLog;
import org.understudy.vm.net.SideTap;
import org.understudy.vm.qemu.VmNic;

/**
 * The backup's half of a machine's network: what came for the guest since the last commit, what it
 * sent that may not have left, and a tap of its own on each bridge, which listens in its place
 * between a won claim and the guest's own.
 */
public final class StandbyNetwork implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("understudy.vm");
  private static final int INPUT_LOG_BYTES = 16 << 20;
  private static final int HELD_BYTES = 64 << 20;

  /** What a network on the backup takes at most. */
  public static List<MemoryBound> bounds() {
    return List.of(
        MemoryBound.ofDirect("frames since the last commit", "", INPUT_LOG_BYTES),
        MemoryBound.ofHeap("frames that may not have left", "", HELD_BYTES));
  }

  private final VmSettings settings;
  private final InputFrameLog inputs = new InputFrameLog(INPUT_LOG_BYTES);
  private final HeldFrames held = new HeldFrames(HELD_BYTES);
  private final UnsafeBuffer records = new UnsafeBuffer(0, 0);
  private final List<SideTap> taps = new ArrayList<>();
  private final ConcurrentLinkedQueue<LateInput> lateInputs = new ConcurrentLinkedQueue<>();
  private final VmCounters counters;
  private boolean isTakenOver;
  private volatile LateWindow window;
  private volatile boolean isClosed;

  /** A frame that the primary sent on after it had let go of the guest. */
  private record LateInput(int nic, byte[] bytes) {}

  StandbyNetwork(VmSettings settings, VmCounters counters) {
    this.settings = settings;
    this.counters = counters;
  }

  /** Once there is an image that could be taken over. */
  void open() {
    if (!taps.isEmpty()) {
      return;
    }
    List<VmNic> nics = settings.config().nics();
    for (int i = 0; i < nics.size(); i++) {
      VmNic nic = nics.get(i);
      taps.add(SideTap.open(settings.bridges().get(nic.id()), settings.sideTap(nic), i, nic.mac()));
    }
  }

  void mirrored(long sequence, long tag, DirectBuffer buffer, int offset, int length) {
    int nic = MirrorTag.nic(tag);
    if (isTakenOver) {
      late(nic, MirrorTag.isUnseen(tag), buffer, offset, length);
    } else if (MirrorTag.isUnseen(tag)) {
      inputs.unseen(sequence, nic, buffer, offset, length);
    } else {
      inputs.mirrored(sequence, nic, buffer, offset, length);
    }
  }

  /** What reached the old primary before the bridges knew: still the agent's thread. */
  private void late(int nic, boolean isUnseen, DirectBuffer buffer, int offset, int length) {
    if (!isClosed
        && nic >= 0
        && nic < settings.config().nics().size()
        && (isUnseen || Frames.isTcp(buffer, offset, length))) {
      byte[] bytes = new byte[length];
      buffer.getBytes(offset, bytes);
      lateInputs.add(new LateInput(nic, bytes));
    }
  }

  /** Throws for a section that {@link #commit} would refuse. */
  static void validate(DirectBuffer section, int length) {
    FramesSection.mirrorPosition(section, length);
    FrameRecords.validate(section, FramesSection.HEADER_BYTES, length - FramesSection.HEADER_BYTES);
  }

  void commit(long epoch, DirectBuffer section, int length) {
    long position = FramesSection.mirrorPosition(section, length);
    records.wrap(section, FramesSection.HEADER_BYTES, length - FramesSection.HEADER_BYTES);
    held.commit(epoch, records, 0, records.capacity());
    inputs.committed(position);
    counters.onCommittedClock(FramesSection.clockLagNs(section), FramesSection.pausedAtUs(section));
  }

  void released(long epoch) {
    held.released(epoch);
  }

  void discard() {
    inputs.clear();
    held.clear();
    lateInputs.clear();
  }

  // ---- after a won claim

  /** Has the guest's frames come here from now on, instead of to where it ran. */
  public void announce() {
    isTakenOver = true;
    List<VmNic> nics = settings.config().nics();
    for (int i = 0; i < taps.size(); i++) {
      taps.get(i).dropWaiting();
      UnsafeBuffer frame = Announcement.of(Frames.mac(nics.get(i).mac()));
      taps.get(i).send(frame, 0, frame.capacity());
    }
  }

  /** Sends what the guest had sent and may not have left. */
  public void sendHeld() {
    counters.onSentAgain(held.sendTo(taps));
  }

  /** Gives the guest, which runs, what came for it since the committed epoch. */
  public void replay(FrameInjector injector) {
    takeLate();
    poll();
    counters.onReplayed(inputs.replayTo(injector));
  }

  /** For a while frames may still come to the side, and from the primary before. */
  public void linger(FrameInjector injector) {
    LateWindow open = new LateWindow(System.nanoTime());
    window = open;
    Thread.ofPlatform()
        .daemon()
        .name("vm-side-taps")
        .start(() -> {
          try {
            while (!open.isOver(System.nanoTime())) {
              replay(injector);
              java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
            }
            replay(injector);
          } catch (RuntimeException e) { // the guest runs, whatever becomes of these frames
            LOG.warn("frames that came during the takeover may be lost: {}", e.getMessage());
          }
          injector.close();
          close();
          LOG.info("frames after the takeover: {}", counters.byName());
        });
  }

  void tookOver(boolean isHandedOver) {
    LateWindow open = window;
    if (open != null) {
      open.onLinkRead(isHandedOver, System.nanoTime());
    }
  }

  /** Ahead of what came to the side, which is younger. */
  private void takeLate() {
    for (LateInput late = lateInputs.poll(); late != null; late = lateInputs.poll()) {
      inputs.undecided(late.nic, new UnsafeBuffer(late.bytes), 0, late.bytes.length);
    }
  }

  private void poll() {
    for (SideTap tap : taps) {
      while (tap.poll(inputs::undecided) == SideTap.POLL_LIMIT) {
        // until nothing waits
      }
    }
  }

  @Override
  public synchronized void close() {
    isClosed = true;
    taps.forEach(SideTap::close);
    taps.clear();
  }
}
