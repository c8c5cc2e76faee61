package org.understudy.protocol.seal;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.KDF;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** Chaining key, transcript hash and cipher of a handshake (Noise, section 5.2). */
final class SymmetricState {
  private static final int HASH_BYTES = 32;
  private static final byte[] NOTHING = {};

  private final MessageDigest digest;
  private final KDF kdf;
  private byte[] chainingKey;
  private byte[] hash;
  private RecordCipher cipher;
  private long number;

  /**
   * The state after the protocol's name.
   *
   * @param protocolName 32 ASCII characters: it is the first hash itself
   */
  SymmetricState(byte[] protocolName) {
    if (protocolName.length != HASH_BYTES) {
      throw new IllegalArgumentException("a name of " + HASH_BYTES + " bytes: it is not hashed");
    }
    try {
      digest = MessageDigest.getInstance("SHA-256");
      kdf = KDF.getInstance("HKDF-SHA256");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no SHA-256: " + e.getMessage(), e);
    }
    hash = protocolName.clone();
    chainingKey = hash;
  }

  /** A state that goes on from here by itself; the next key has to be mixed in before its use. */
  SymmetricState copy() {
    SymmetricState copy = new SymmetricState(hash);
    copy.chainingKey = chainingKey;
    return copy;
  }

  void mixHash(byte[] data) {
    digest.update(hash);
    hash = digest.digest(data);
  }

  void mixKey(byte[] material) {
    byte[] both = derive(material, 2);
    chainingKey = part(both, 0);
    useKey(part(both, 1));
  }

  void mixKeyAndHash(byte[] material) {
    byte[] three = derive(material, 3);
    chainingKey = part(three, 0);
    mixHash(part(three, 1));
    useKey(part(three, 2));
  }

  private void useKey(byte[] key) {
    cipher = new RecordCipher(key);
    number = 0;
  }

  byte[] encryptAndHash(byte[] text) {
    byte[] sealed = new byte[text.length + RecordCipher.TAG_BYTES];
    cipher.seal(number++, hash, text, 0, text.length, sealed, 0);
    mixHash(sealed);
    return sealed;
  }

  /** Null if nobody who knows what was mixed in has sealed it. */
  byte[] decryptAndHash(byte[] sealed) {
    byte[] text = new byte[sealed.length];
    int length = cipher.open(number++, hash, sealed, 0, sealed.length, text);
    if (length == RecordCipher.FORGED) {
      return null;
    }
    mixHash(sealed);
    return Arrays.copyOf(text, length);
  }

  /** Keys of both directions, the initiator's first. */
  byte[][] split() {
    byte[] both = derive(NOTHING, 2);
    return new byte[][] {part(both, 0), part(both, 1)};
  }

  byte[] hash() {
    return hash.clone();
  }

  private byte[] derive(byte[] material, int parts) {
    try {
      return kdf.deriveData(
          HKDFParameterSpec.ofExtract()
              .addIKM(material)
              .addSalt(new SecretKeySpec(chainingKey, "HKDF"))
              .thenExpand(null, parts * HASH_BYTES));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("cannot derive keys: " + e.getMessage(), e);
    }
  }

  private static byte[] part(byte[] derived, int index) {
    return Arrays.copyOfRange(derived, index * HASH_BYTES, (index + 1) * HASH_BYTES);
  }
}
