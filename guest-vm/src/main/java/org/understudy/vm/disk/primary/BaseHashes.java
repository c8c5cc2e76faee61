package org.understudy.vm.disk.primary;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.agrona.DirectBuffer;
import org.understudy.vm.disk.record.BaseNote;
import org.understudy.vm.disk.record.ExtentHash;

/**
 * What the backup's files held when the copy began, as far as its notes have said it. Best effort:
 * what is not known in time is copied. One thread at a time.
 */
public final class BaseHashes {
  /** Notes that may wait for the copy: what comes on top of 32 MiB is forgotten, and so copied. */
  private static final int MAX_NOTES = 4096;

  private record Run(long first, byte[] hashes) {
    long end() {
      return first + hashes.length / ExtentHash.HASH_BYTES;
    }
  }

  private final List<ArrayDeque<Run>> runs = new ArrayList<>();
  private final long patienceNs;
  private final long[] extents;
  private final long[] knownTo;
  private final ExtentHash hash = new ExtentHash();
  private int waiting;
  private long heardNs;

  /**
   * Nothing is known yet.
   *
   * @param patienceNs without a word for so long nothing is waited for
   */
  public BaseHashes(long[] sizesBytes, long patienceNs, long nowNs) {
    this.patienceNs = patienceNs;
    extents = Arrays.stream(sizesBytes).map(ExtentHash::extents).toArray();
    knownTo = new long[extents.length];
    heardNs = nowNs;
    for (int i = 0; i < extents.length; i++) {
      runs.add(new ArrayDeque<>());
    }
  }

  /** Takes a note; false for one that is malformed, which says nothing. */
  public boolean take(DirectBuffer buffer, int at, int length, long nowNs) {
    if (length < BaseNote.HEADER_BYTES) {
      return false;
    }
    int disk = BaseNote.disk(buffer, at);
    int count = BaseNote.count(buffer, at);
    long first = BaseNote.first(buffer, at);
    if (disk >= extents.length
        || count > BaseNote.MAX_HASHES
        || length != BaseNote.bytes(count)
        || first < knownTo[disk]
        || first > extents[disk] - count) {
      return false;
    }
    heardNs = nowNs;
    knownTo[disk] = first + count;
    if (count > 0 && waiting < MAX_NOTES) {
      byte[] hashes = new byte[count * ExtentHash.HASH_BYTES];
      buffer.getBytes(at + BaseNote.HEADER_BYTES, hashes);
      runs.get(disk).add(new Run(first, hashes));
      waiting++;
    }
    return true;
  }

  /** Whether the copy of this extent has to wait for what the backup says of it. */
  boolean isAwaited(int disk, long extent, long nowNs) {
    return extent >= knownTo[disk] && nowNs - heardNs < patienceNs;
  }

  /** Whether the backup's file held exactly this. Extents are asked for in ascending order. */
  boolean isEqual(int disk, long extent, ByteBuffer content) {
    ArrayDeque<Run> ofDisk = runs.get(disk);
    while (!ofDisk.isEmpty() && ofDisk.peek().end() <= extent) {
      ofDisk.poll();
      waiting--;
    }
    Run run = ofDisk.peek();
    if (run == null || extent < run.first()) {
      return false;
    }
    int at = (int) (extent - run.first()) * ExtentHash.HASH_BYTES;
    return Arrays.equals(
        run.hashes(), at, at + ExtentHash.HASH_BYTES, hash.of(content), 0, ExtentHash.HASH_BYTES);
  }
}
