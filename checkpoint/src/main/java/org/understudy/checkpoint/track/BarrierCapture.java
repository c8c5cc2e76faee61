package org.understudy.checkpoint.track;

import java.util.concurrent.atomic.AtomicLong;
import org.understudy.checkpoint.guest.CaptureKind;
import org.understudy.checkpoint.memory.GuestMemory;
import org.understudy.checkpoint.memory.RegionSpec;

/** The encoder's side of the write barrier; one object, opened anew at each flip. */
final class BarrierCapture implements CapturedSet {
  private final GuestMemory memory;
  private final PageOwners owners;
  private final WrittenBlocks written;
  private final CopyStaging staging;
  private final RoundScratch scratch;
  private final AtomicLong copied = new AtomicLong();
  private int[] pages;
  private int count;
  private int tag;
  private CaptureKind kind = CaptureKind.NONE;
  private boolean whole;
  private volatile boolean released = true;

  BarrierCapture(
      GuestMemory memory,
      PageOwners owners,
      WrittenBlocks written,
      CopyStaging staging,
      RoundScratch scratch) {
    this.memory = memory;
    this.owners = owners;
    this.written = written;
    this.staging = staging;
    this.scratch = scratch;
  }

  /** Guest's thread, at the flip. The hand-over to the encoder publishes all of it. */
  void open(
      int[] capturedPages,
      int capturedCount,
      int capturedTag,
      CaptureKind capturedKind,
      boolean blocksUnknown) {
    pages = capturedPages;
    count = capturedCount;
    tag = capturedTag;
    kind = capturedKind;
    whole = blocksUnknown;
    copied.setPlain(0);
    released = false;
  }

  /** Guest's thread: one more page was copied. */
  void onCopied() {
    copied.setRelease(copied.getPlain() + 1);
  }

  /** Blocks of a page that is in this capture and belongs to the caller. */
  long writtenBlocksOf(int page) {
    return whole ? ALL_BLOCKS : written.of(page, tag);
  }

  @Override
  public long writtenBlocks(int index) {
    int page = pages[index];
    long word = owners.word(page);
    return PageOwners.state(word, tag) == PageOwners.COPIED
        ? staging.writtenBlocks(PageOwners.slot(word))
        : writtenBlocksOf(page);
  }

  @Override
  public int count() {
    return count;
  }

  @Override
  public int page(int index) {
    return pages[index];
  }

  @Override
  public long acquire(int index) {
    if (released) {
      throw new IllegalStateException("page " + index + " of a capture that was released");
    }
    int page = pages[index];
    return kind == CaptureKind.ROUND ? scratch.copy(page) : take(page);
  }

  private long take(int page) {
    int spins = 0;
    while (true) {
      long word = owners.word(page);
      switch (PageOwners.state(word, tag)) {
        case PageOwners.PENDING -> {
          if (owners.take(page, word, tag, PageOwners.ENCODING)) {
            return memory.address() + (long) page * RegionSpec.PAGE_BYTES;
          }
        }
        case PageOwners.COPIED -> {
          return staging.address(PageOwners.slot(word));
        }
        case PageOwners.COPYING -> spins = awaitCopy(spins);
        default -> throw new IllegalStateException("page " + page + " was acquired before");
      }
    }
  }

  /** The writer is copying, which takes under a microsecond unless it lost its core. */
  private static int awaitCopy(int spins) {
    if (spins < 100) {
      Thread.onSpinWait();
    } else {
      Thread.yield();
    }
    return spins + 1;
  }

  @Override
  public void release(int index) {
    if (kind == CaptureKind.ROUND) {
      return;
    }
    int page = pages[index];
    long word = owners.word(page);
    int state = PageOwners.state(word, tag);
    if (state == PageOwners.COPIED) {
      owners.done(page, tag);
      staging.give(PageOwners.slot(word));
    } else if (state == PageOwners.ENCODING) {
      owners.done(page, tag);
    } else {
      throw new IllegalStateException("page " + page + " is released without being acquired");
    }
  }

  @Override
  public long copiedPages() {
    return copied.getAcquire();
  }

  @Override
  public void releaseAll() {
    released = true;
  }

  @Override
  public boolean isReleased() {
    return released;
  }

  void close() {
    scratch.close();
  }
}
