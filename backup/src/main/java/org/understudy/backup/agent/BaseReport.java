package org.understudy.backup.agent;

import org.agrona.concurrent.UnsafeBuffer;
import org.understudy.checkpoint.memory.GuestMemory;
import org.understudy.checkpoint.memory.RegionSpec;
import org.understudy.checkpoint.memory.ZeroPages;
import org.understudy.checkpoint.verify.ContentHash;
import org.understudy.protocol.wire.MessageSender;
import org.understudy.protocol.wire.SendStatus;

/**
 * Tells the primary what the image's memory holds before a copy goes over it: some pages in each
 * duty cycle, so that heartbeats are never late. Nothing else touches the memory meanwhile, since
 * the primary's first round waits for the end of this.
 */
final class BaseReport {
  /** Pages hashed in one duty cycle: about a millisecond. */
  private static final int PAGES_PER_CYCLE = 256;

  private static final int PAGES_PER_MESSAGE = 1024;

  private final UnsafeBuffer hashes =
      new UnsafeBuffer(new byte[PAGES_PER_MESSAGE * ContentHash.BYTES]);
  private ContentHash hash;
  private GuestMemory memory;
  private int totalPages;

  /** The page of the first hash that waits, and the one that is hashed next. */
  private int first;

  private int next;

  /** Up to here all pages exist. */
  private int presentEnd;

  /** A copy over this memory begins, which is told from its first page on. */
  void start(GuestMemory base) {
    hash = hash == null ? new ContentHash() : hash;
    memory = base;
    totalPages = base.layout().totalPages();
    first = 0;
    next = 0;
    presentEnd = 0;
  }

  /** There is nothing to tell, or nobody to tell it to. */
  void stop() {
    memory = null;
  }

  /** Hashes, and sends a message when it is full, or followed by pages that do not exist. */
  int work(MessageSender sender) {
    if (memory == null) {
      return 0;
    }
    int present = next < presentEnd ? next : memory.nextPresentPage(next);
    if (next == first) {
      first = present;
      next = present;
    }
    boolean isGap = present > next;
    if (!isGap && next < totalPages) {
      hashSome();
    }
    boolean isLast = (isGap ? present : next) == totalPages;
    if (isLast || isGap || next - first == PAGES_PER_MESSAGE) {
      send(sender, isLast);
    }
    return 1;
  }

  /** To read a page that does not exist would make it. */
  private void hashSome() {
    if (next >= presentEnd) {
      presentEnd = memory.nextAbsentPage(next); // the host looks at every page on its way there
    }
    int room = PAGES_PER_MESSAGE - (next - first);
    int end = Math.min(next + Math.min(room, PAGES_PER_CYCLE), presentEnd);
    for (; next < end; next++) {
      put((next - first) * ContentHash.BYTES, next);
    }
  }

  private void put(int at, int page) {
    if (ZeroPages.isZero(memory, page)) {
      hashes.setMemory(at, ContentHash.BYTES, (byte) 0);
    } else {
      long offset = (long) page * RegionSpec.PAGE_BYTES;
      hashes.putBytes(at, hash.ofPage(memory.segment(), offset), 0, ContentHash.BYTES);
    }
  }

  private void send(MessageSender sender, boolean isLast) {
    int length = (next - first) * ContentHash.BYTES;
    if (sender.baseHashes(first, isLast, hashes, 0, length) != SendStatus.SENT) {
      return; // the link is full, or gone: then a new session begins a new copy
    }
    first = next;
    if (isLast) {
      stop();
    }
  }
}
