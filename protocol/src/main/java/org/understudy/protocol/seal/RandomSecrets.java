package org.understudy.protocol.seal;

import java.security.SecureRandom;
import java.util.function.Supplier;

/** Secrets that nobody can guess, from the system's source. */
public final class RandomSecrets implements Supplier<byte[]> {
  private final SecureRandom random = new SecureRandom();

  @Override
  public byte[] get() {
    byte[] secret = new byte[X25519.BYTES];
    random.nextBytes(secret);
    return secret;
  }
}
