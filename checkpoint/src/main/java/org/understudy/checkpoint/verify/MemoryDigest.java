package org.understudy.checkpoint.verify;

import java.lang.foreign.MemorySegment;
import java.security.MessageDigest;

/**
 * SHA-256 of all regions. Primary and backup take it at the same epoch: equal digests mean memory
 * that is equal bit for bit. Costs about 1 ms per MiB; only taken when asked for.
 */
public final class MemoryDigest {
  /** Bytes of a digest. */
  public static final int BYTES = 32;

  private static final long SLICE_BYTES = 1 << 20;

  private MemoryDigest() {}

  /** Digest of the memory as it is now; the caller sees to it that nobody writes meanwhile. */
  public static byte[] of(MemorySegment memory) {
    MessageDigest digest = Sha256.newDigest();
    for (long at = 0; at < memory.byteSize(); at += SLICE_BYTES) {
      long length = Math.min(SLICE_BYTES, memory.byteSize() - at);
      digest.update(memory.asSlice(at, length).asByteBuffer());
    }
    return digest.digest();
  }
}
