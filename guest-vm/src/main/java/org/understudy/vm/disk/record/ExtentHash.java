package org.understudy.vm.disk.record;

import java.nio.ByteBuffer;
import org.understudy.checkpoint.verify.ContentHash;

/** The hash of an extent, by which the two nodes find out what both have. Not thread safe. */
public final class ExtentHash {
  /** Bytes of an extent; the last one of a disk may be shorter. */
  public static final int EXTENT_BYTES = 64 << 10;

  /** Bytes of a hash. */
  public static final int HASH_BYTES = ContentHash.BYTES;

  private final ContentHash hash = new ContentHash();

  /** Extents of a disk. */
  public static long extents(long sizeBytes) {
    return (sizeBytes + EXTENT_BYTES - 1) / EXTENT_BYTES;
  }

  /** The hash of what is between position and limit, which stay as they are; its first 16 bytes. */
  public byte[] of(ByteBuffer content) {
    return hash.of(content);
  }
}
