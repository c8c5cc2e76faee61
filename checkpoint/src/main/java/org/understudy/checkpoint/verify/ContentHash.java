package org.understudy.checkpoint.verify;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.security.DigestException;
import java.security.MessageDigest;
import org.understudy.checkpoint.memory.RegionSpec;

/**
 * The hash by which two nodes find out what both have: the first 128 bits of SHA-256, since a guest
 * may choose what it writes. Not thread safe.
 */
public final class ContentHash {
  /** Bytes of a hash. */
  public static final int BYTES = 16;

  private final MessageDigest digest = Sha256.newDigest();
  private final byte[] page = new byte[RegionSpec.PAGE_BYTES];
  private final byte[] whole = new byte[digest.getDigestLength()];

  /** The hash of what is between position and limit, which stay as they are; its first 16 bytes. */
  public byte[] of(ByteBuffer content) {
    digest.update(content.duplicate());
    return finish();
  }

  /** The hash of the page that begins there; its first 16 bytes, valid until the next call. */
  public byte[] ofPage(MemorySegment memory, long offset) {
    MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, offset, page, 0, page.length);
    digest.update(page);
    return finish();
  }

  private byte[] finish() {
    try {
      digest.digest(whole, 0, whole.length);
      return whole;
    } catch (DigestException e) {
      throw new IllegalStateException(e);
    }
  }
}
