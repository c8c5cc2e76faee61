package org.understudy.checkpoint.track;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import org.understudy.checkpoint.guest.CaptureKind;
import org.understudy.checkpoint.memory.GuestMemory;
import org.understudy.checkpoint.memory.MappedGuestMemory;
import org.understudy.checkpoint.memory.RegionLayout;

/**
 * The pause, measured on the writing thread: from its last write before the capture until its first
 * write after it is done; flip, hand-over to the encoder's thread and that write included.
 *
 * <p>The encoder is woken after the first write and the time of that call is shown apart: where no
 * core is idle, the kernel runs the woken thread at once in the waker's place, and the call takes
 * as long as encoding does.
 *
 * <p>Load: each epoch dirties 1,000 pages, first 500 of the last epoch's (so that writer and
 * encoder meet), then 500 random ones. The encoder copies each page, as identification does.
 */
public final class PauseBenchmark {
  private static final int PAGE = TrackedGuest.PAGE;
  private static final int DIRTY_PAGES = 1_000;
  private static final int REWRITTEN_PAGES = DIRTY_PAGES / 2;
  private static final int WARM_UP_EPOCHS = 1_000;
  private static final int EPOCHS = 2_000;
  private static final long[] REGION_MIB = {64, 1_024, 4_096};
  private static final String[] DEFAULT_TRACKERS = {"write-barrier", "pagemap-scan"};

  private final GuestMemory memory;
  private final MemorySegment bytes;
  private final DirtyTracker tracker;
  private final WriteBarrier barrier;
  private final Encoder encoder;
  private final SplittableRandom random = new SplittableRandom(1);
  private final long[] pauseNs = new long[EPOCHS];
  private final long[] wakeNs = new long[EPOCHS];
  private final long[] epochNs = new long[EPOCHS];
  private int[] pages = new int[DIRTY_PAGES];
  private int[] lastPages = new int[DIRTY_PAGES];

  private PauseBenchmark(GuestMemory memory, DirtyTracker tracker) {
    this.memory = memory;
    this.tracker = tracker;
    bytes = memory.segment();
    barrier = tracker instanceof WriteBarrier writeBarrier ? writeBarrier : null;
    encoder = new Encoder();
  }

  /** Prints one line for each region and each tracker named in the arguments. */
  public static void main(String[] args) throws InterruptedException {
    System.out.printf(
        "%-14s %6s %10s %10s %10s %10s %12s %12s%n",
        "tracker", "MiB", "pause p50", "p99", "max us", "wake p50", "copies/epoch", "epoch p50");
    for (String name : args.length == 0 ? DEFAULT_TRACKERS : args) {
      TrackerKind kind = TrackerKind.of(name);
      for (long mib : REGION_MIB) {
        RegionLayout layout = RegionLayout.of("benchmark", mib << 20);
        try (MappedGuestMemory memory = MappedGuestMemory.anonymous(layout);
            DirtyTracker tracker = kind.create(memory, WriteBarrier.DEFAULT_STAGING_PAGES)) {
          memory.populate();
          new PauseBenchmark(memory, tracker).run(mib);
        }
      }
    }
  }

  private void run(long mib) throws InterruptedException {
    tracker.start(page -> false);
    encoder.start();
    for (int i = 0; i < DIRTY_PAGES; i++) {
      pages[i] = random.nextInt(memory.layout().totalPages());
    }
    TrackerCounts before = null;
    for (int epoch = -WARM_UP_EPOCHS; epoch < EPOCHS; epoch++) {
      if (epoch == 0) {
        before = tracker.counts();
      }
      runEpoch(epoch);
    }
    encoder.end();
    print(mib, before, tracker.counts());
  }

  private void runEpoch(int epoch) {
    int[] reused = lastPages;
    lastPages = pages;
    pages = reused;
    System.arraycopy(lastPages, DIRTY_PAGES - REWRITTEN_PAGES, pages, 0, REWRITTEN_PAGES);
    for (int i = REWRITTEN_PAGES; i < DIRTY_PAGES; i++) {
      pages[i] = random.nextInt(memory.layout().totalPages());
    }
    long startNs = System.nanoTime();
    for (int i = 1; i < DIRTY_PAGES; i++) {
      write(pages[i]);
    }
    encoder.awaitIdle();
    write(pages[0]);
    long lastWriteNs = System.nanoTime();
    encoder.handOver(tracker.flip(CaptureKind.CHECKPOINT));
    tracker.awaitResume(); // staging has room, so this is a call only
    write(pages[DIRTY_PAGES - REWRITTEN_PAGES]);
    long firstWriteNs = System.nanoTime();
    encoder.wakeUp();
    long wokenNs = System.nanoTime();
    if (epoch >= 0) {
      pauseNs[epoch] = firstWriteNs - lastWriteNs;
      wakeNs[epoch] = wokenNs - firstWriteNs;
      epochNs[epoch] = lastWriteNs - startNs;
    }
  }

  private void write(int page) {
    long offset = (long) page * PAGE + 8 * (page & 0x1FF);
    if (barrier != null) {
      barrier.beforeWrite(offset, Long.BYTES);
    }
    bytes.set(JAVA_LONG, offset, offset);
  }

  private void print(long mib, TrackerCounts before, TrackerCounts after) {
    for (long[] times : new long[][] {pauseNs, wakeNs, epochNs}) {
      Arrays.sort(times);
    }
    System.out.printf(
        "%-14s %6d %10.2f %10.1f %10.1f %10.1f %12.1f %12.1f%n",
        tracker.name(),
        mib,
        pauseNs[EPOCHS / 2] / 1e3,
        pauseNs[EPOCHS * 99 / 100] / 1e3,
        pauseNs[EPOCHS - 1] / 1e3,
        wakeNs[EPOCHS / 2] / 1e3,
        (after.copiedPages() - before.copiedPages()) / (double) EPOCHS,
        epochNs[EPOCHS / 2] / 1e3);
  }

  /** Copies captured pages; parked while there is nothing to do. */
  private static final class Encoder extends Thread {
    private final byte[] target = new byte[PAGE];
    private volatile CapturedSet todo;
    private volatile boolean ended;

    void handOver(CapturedSet captured) {
      todo = captured;
    }

    void wakeUp() {
      LockSupport.unpark(this);
    }

    void awaitIdle() {
      while (todo != null) {
        Thread.onSpinWait();
      }
    }

    void end() throws InterruptedException {
      awaitIdle();
      ended = true;
      LockSupport.unpark(this);
      join();
    }

    @Override
    public void run() {
      while (!ended) {
        CapturedSet captured = todo;
        if (captured == null) {
          LockSupport.park();
        } else {
          copyAll(captured);
          todo = null;
        }
      }
    }

    @SuppressWarnings("restricted") // the captured page comes as an address
    private void copyAll(CapturedSet captured) {
      for (int i = 0; i < captured.count(); i++) {
        MemorySegment page = MemorySegment.ofAddress(captured.acquire(i)).reinterpret(PAGE);
        MemorySegment.copy(page, 0, MemorySegment.ofArray(target), 0, PAGE);
        captured.release(i);
      }
      captured.releaseAll();
    }
  }
}
