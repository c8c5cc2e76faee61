package org.understudy.vm.disk.record;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The hash of an extent, by which the two nodes find out what both have: the first 128 bits of
 * SHA-256, since a guest may choose what it writes. Not thread safe.
 */
public final class ExtentHash {
  /** Bytes of an extent; the last one of a disk may be shorter. */
  public static final int EXTENT_BYTES = 64 << 10;

  /** Bytes of a hash. */
  public static final int HASH_BYTES = 16;

  private final MessageDigest digest;
  private final byte[] whole;

  /** A hash function. */
  public ExtentHash() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
    whole = new byte[digest.getDigestLength()];
  }

  /** Extents of a disk. */
  public static long extents(long sizeBytes) {
    return (sizeBytes + EXTENT_BYTES - 1) / EXTENT_BYTES;
  }

  /** The hash of what is between position and limit, which stay as they are; its first 16 bytes. */
  public byte[] of(ByteBuffer content) {
    digest.update(content.duplicate());
    try {
      digest.digest(whole, 0, whole.length);
    } catch (java.security.DigestException e) {
      throw new IllegalStateException(e);
    }
    return whole;
  }
}
