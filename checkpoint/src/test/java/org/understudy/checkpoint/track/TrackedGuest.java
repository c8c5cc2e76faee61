package org.understudy.checkpoint.track;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntPredicate;
import org.understudy.checkpoint.guest.CaptureKind;
import org.understudy.checkpoint.memory.GuestMemory;
import org.understudy.checkpoint.memory.RegionSpec;

/**
 * A guest that writes at random, the encoder on a thread of its own, and what both must agree on.
 */
final class TrackedGuest implements AutoCloseable {
  static final int PAGE = RegionSpec.PAGE_BYTES;
  private static final int MAX_WRITE_BYTES = 3 * PAGE;

  final GuestMemory memory;
  final DirtyTracker tracker;
  final Random random;
  final byte[] image;
  private final BitSet atStart = new BitSet();
  private final BitSet written = new BitSet();
  private final ExecutorService encoder = Executors.newSingleThreadExecutor();
  private byte[] atLastFlip;
  private byte[] atFlip;
  private Future<BitSet> encoding;

  TrackedGuest(GuestMemory memory, DirtyTracker tracker, Random random) {
    this.memory = memory;
    this.tracker = tracker;
    this.random = random;
    image = new byte[(int) memory.layout().totalBytes()];
    atLastFlip = image.clone();
  }

  void start(IntPredicate mayBeNonZero) {
    tracker.start(mayBeNonZero);
    written.clear();
    for (int page = 0; page < memory.layout().totalPages(); page++) {
      atStart.set(page, mayBeNonZero.test(page));
    }
    java.util.Arrays.fill(atLastFlip, (byte) 0);
  }

  /** Writes, now and then what is there already, at places of which every second one is hot. */
  void writeAtRandom(int writes) {
    for (int i = 0; i < writes; i++) {
      int length = 1 + (random.nextInt(8) == 0 ? random.nextInt(MAX_WRITE_BYTES) : 7);
      int places = random.nextBoolean() ? image.length : image.length / 8;
      int offset = random.nextInt(Math.min(places, image.length - length));
      if (random.nextInt(16) == 0) {
        write(
            offset,
            memory
                .segment()
                .asSlice(offset, length)
                .toArray(java.lang.foreign.ValueLayout.JAVA_BYTE));
      } else {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        write(offset, bytes);
      }
    }
  }

  void write(long offset, byte... bytes) {
    if (tracker instanceof WriteBarrier barrier) {
      barrier.beforeWrite(offset, bytes.length);
    }
    MemorySegment.copy(MemorySegment.ofArray(bytes), 0, memory.segment(), offset, bytes.length);
    written.set((int) (offset / PAGE), (int) ((offset + bytes.length - 1) / PAGE) + 1);
  }

  /** Flips and lets the encoder begin; the guest may go on writing. */
  CapturedSet capture(CaptureKind kind) {
    CapturedSet captured = tracker.flip(kind);
    atFlip = bytes();
    BitSet expected = expectedPages();
    atStart.clear();
    if (kind != CaptureKind.ROUND || !tracker.name().equals("soft-dirty")) {
      written.clear(); // soft-dirty rounds tell all since the last checkpoint
    }
    encoding = encoder.submit(() -> encode(captured, expected));
    tracker.awaitResume();
    return captured;
  }

  /** Waits for the encoder and checks that exactly the right pages came. */
  void awaitEncoded() {
    try {
      assertThat(encoding.get()).as("missing or surplus pages").isEqualTo(new BitSet());
    } catch (InterruptedException | java.util.concurrent.ExecutionException e) {
      throw new AssertionError(e);
    }
    atLastFlip = atFlip;
  }

  boolean isEncoding() {
    return !encoding.isDone();
  }

  /** The image is the memory as it was at the last flip, bit for bit. */
  void assertImageIsExact() {
    int at = java.util.Arrays.mismatch(image, atFlip);
    assertThat(at).as("first byte in which image and memory at the flip differ").isEqualTo(-1);
  }

  private BitSet expectedPages() {
    if (!(tracker instanceof CompareTracker)) {
      BitSet expected = (BitSet) written.clone();
      expected.or(atStart);
      return expected;
    }
    BitSet changed = new BitSet();
    for (int from = 0; from < atFlip.length; from += PAGE) {
      boolean equal =
          java.util.Arrays.equals(atLastFlip, from, from + PAGE, atFlip, from, from + PAGE);
      changed.set(from / PAGE, !equal);
    }
    return changed;
  }

  /**
   * Applies the written blocks of a capture and returns the pages that are in it and should not be,
   * or lack.
   */
  @SuppressWarnings("restricted") // the captured page comes as an address
  private BitSet encode(CapturedSet captured, BitSet expected) {
    BitSet wrong = (BitSet) expected.clone();
    for (int i = 0; i < captured.count(); i++) {
      wrong.flip(captured.page(i));
      MemorySegment bytes = MemorySegment.ofAddress(captured.acquire(i)).reinterpret(PAGE);
      MemorySegment target = MemorySegment.ofArray(image);
      for (long rest = captured.writtenBlocks(i); rest != 0; rest &= rest - 1) {
        long at = Long.numberOfTrailingZeros(rest) * 64L;
        MemorySegment.copy(bytes, at, target, (long) captured.page(i) * PAGE + at, 64);
      }
      captured.release(i);
    }
    captured.releaseAll();
    return wrong;
  }

  private byte[] bytes() {
    return memory.segment().toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
  }

  @Override
  public void close() {
    encoder.shutdownNow();
    tracker.close();
    memory.close();
  }
}
