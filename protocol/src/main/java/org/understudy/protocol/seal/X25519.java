package org.understudy.protocol.seal;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.interfaces.XECPublicKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.XECPrivateKeySpec;
import java.security.spec.XECPublicKeySpec;
import javax.crypto.KeyAgreement;

/** Diffie-Hellman on Curve25519 over bytes as they are on the wire (RFC 7748, section 5). */
final class X25519 {
  static final int BYTES = 32;

  private static final String NAME = "X25519";
  private static final int HIGHEST_BIT = 0x80;
  private static final byte[] BASE_POINT = new byte[BYTES];

  static {
    BASE_POINT[0] = 9;
  }

  private X25519() {}

  /** The public key of a secret one. */
  static byte[] publicOf(byte[] secret) {
    return agree(secret, BASE_POINT);
  }

  /** What both sides get; null if the point is one of the few that give nothing away but zeros. */
  static byte[] agree(byte[] secret, byte[] point) {
    try {
      KeyFactory keys = KeyFactory.getInstance(NAME);
      XECPublicKey other =
          (XECPublicKey)
              keys.generatePublic(
                  new XECPublicKeySpec(NamedParameterSpec.X25519, coordinate(point)));
      KeyAgreement agreement = KeyAgreement.getInstance(NAME);
      agreement.init(
          keys.generatePrivate(new XECPrivateKeySpec(NamedParameterSpec.X25519, secret)));
      agreement.doPhase(other, true);
      return agreement.generateSecret();
    } catch (InvalidKeyException e) {
      return null;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no " + NAME + ": " + e.getMessage(), e);
    }
  }

  private static BigInteger coordinate(byte[] point) {
    byte[] bigEndian = new byte[BYTES];
    for (int i = 0; i < BYTES; i++) {
      bigEndian[i] = point[BYTES - 1 - i];
    }
    bigEndian[0] &= (byte) ~HIGHEST_BIT;
    return new BigInteger(1, bigEndian);
  }
}
