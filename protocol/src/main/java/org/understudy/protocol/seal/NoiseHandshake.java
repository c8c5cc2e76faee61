package org.understudy.protocol.seal;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * One side of {@code Noise_NNpsk0_25519_AESGCM_SHA256}: two messages, {@code psk, e} and {@code e,
 * ee}. Both sides prove that they know the shared key, and get keys that nobody can compute later
 * from it. The first message proves it alone, before anything is computed on the curve; it may be a
 * copy of an old one, so nobody may believe in the other side before a record under the new keys.
 */
final class NoiseHandshake {
  private static final byte[] NAME =
      "Noise_NNpsk0_25519_AESGCM_SHA256".getBytes(StandardCharsets.US_ASCII);

  private SymmetricState state = new SymmetricState(NAME);
  private byte[] secret;
  private byte[] otherPublic;

  /**
   * A fresh handshake.
   *
   * @param prologue what both sides must believe alike
   * @param sharedKey 32 bytes
   */
  NoiseHandshake(byte[] prologue, byte[] sharedKey) {
    state.mixHash(prologue);
    state.mixKeyAndHash(sharedKey);
  }

  /**
   * The initiator's message.
   *
   * @param freshSecret 32 random bytes, never used before
   */
  byte[] first(byte[] freshSecret, byte[] payload) {
    secret = freshSecret;
    byte[] own = X25519.publicOf(secret);
    mixPublic(own);
    return join(own, state.encryptAndHash(payload));
  }

  /** The payload of the initiator's message; null if the sender does not know the key. */
  byte[] takeFirst(byte[] message) {
    if (message.length < X25519.BYTES + RecordCipher.TAG_BYTES) {
      return null;
    }
    otherPublic = Arrays.copyOf(message, X25519.BYTES);
    mixPublic(otherPublic);
    return state.decryptAndHash(Arrays.copyOfRange(message, X25519.BYTES, message.length));
  }

  /**
   * The responder's message; null if the initiator's point is one that agrees on nothing.
   *
   * @param freshSecret 32 random bytes, never used before
   */
  byte[] second(byte[] freshSecret, byte[] payload) {
    secret = freshSecret;
    byte[] own = X25519.publicOf(secret);
    byte[] agreed = X25519.agree(secret, otherPublic);
    if (agreed == null) {
      return null;
    }
    mixPublic(own);
    state.mixKey(agreed);
    return join(own, state.encryptAndHash(payload));
  }

  /**
   * The payload of the responder's message; null if it is no answer to this handshake, which then
   * goes on waiting for one.
   */
  byte[] takeSecond(byte[] message) {
    if (message.length < X25519.BYTES + RecordCipher.TAG_BYTES) {
      return null;
    }
    byte[] point = Arrays.copyOf(message, X25519.BYTES);
    byte[] agreed = X25519.agree(secret, point);
    if (agreed == null) {
      return null;
    }
    SymmetricState before = state;
    state = before.copy();
    mixPublic(point);
    state.mixKey(agreed);
    byte[] payload =
        state.decryptAndHash(Arrays.copyOfRange(message, X25519.BYTES, message.length));
    state = payload == null ? before : state;
    return payload;
  }

  /** In patterns with a shared key, public keys are mixed into the key too (Noise, section 9.2). */
  private void mixPublic(byte[] point) {
    state.mixHash(point);
    state.mixKey(point);
  }

  /** Keys of both directions, the initiator's first; after both messages. */
  byte[][] keys() {
    return state.split();
  }

  /** Names this handshake, and nothing of its keys; after both messages. */
  byte[] hash() {
    return state.hash();
  }

  private static byte[] join(byte[] head, byte[] tail) {
    byte[] all = Arrays.copyOf(head, head.length + tail.length);
    System.arraycopy(tail, 0, all, head.length, tail.length);
    return all;
  }
}
