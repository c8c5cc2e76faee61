package org.understudy.protocol.seal;

import java.util.Arrays;

/**
 * A key that two nodes share.
 *
 * @param id names it in the clear, and says nothing of it
 * @param secret 32 bytes
 */
public record SealKey(int id, byte[] secret) {
  /** Copies the secret. */
  public SealKey {
    if (secret.length != RecordCipher.KEY_BYTES) {
      throw new IllegalArgumentException("a key has 32 bytes: " + secret.length);
    }
    secret = secret.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SealKey key && key.id == id && Arrays.equals(key.secret, secret);
  }

  @Override
  public int hashCode() {
    return id;
  }

  /** The id alone. */
  @Override
  public String toString() {
    return text(id);
  }

  /** An id as people see it. */
  static String text(int id) {
    return String.format("%08x", id);
  }
}
