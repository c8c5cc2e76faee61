package org.understudy.protocol.seal;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Answers handshakes that the peer begins. The last one is remembered with its answer: whoever says
 * it again gets the same bytes, and nothing is computed. Others are answered now and then only,
 * since what comes may be copies of old ones, each of which costs an agreement.
 */
final class Acceptance {
  static final long MIN_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(5);

  private static final byte[] NO_PAYLOAD = {};

  private final SealIdentity identity;
  private final Supplier<byte[]> secrets;
  private final LongSupplier clock;
  private final SealedSession.Scratch scratch;
  private byte[] first = {};
  private byte[] second;
  private SealedSession session;
  private long answeredNs;
  private Refusal refusal;

  Acceptance(
      SealIdentity identity,
      Supplier<byte[]> secrets,
      LongSupplier clock,
      SealedSession.Scratch scratch) {
    this.identity = identity;
    this.secrets = secrets;
    this.clock = clock;
    this.scratch = scratch;
  }

  /** What to say to it; null for nothing, and {@link #refusal} says why. */
  byte[] answer(int keyId, byte[] message) {
    if (Arrays.equals(message, first)) {
      return second;
    }
    SealKey key = identity.key(keyId);
    if (key == null) {
      return refused(Refusal.UNKNOWN_KEY);
    }
    NoiseHandshake handshake = new NoiseHandshake(identity.prologueOfPeer(), key.secret());
    if (handshake.takeFirst(message) == null) {
      return refused(Refusal.UNPROVEN);
    }
    long nowNs = clock.getAsLong();
    if (second != null && nowNs - answeredNs < MIN_INTERVAL_NS) {
      return refused(Refusal.TOO_FAST);
    }
    byte[] answer = handshake.second(secrets.get(), NO_PAYLOAD);
    if (answer == null) {
      return refused(Refusal.UNPROVEN);
    }
    answeredNs = nowNs;
    first = message;
    second = answer;
    byte[][] keys = handshake.keys();
    session = new SealedSession(handshake.hash(), keys[1], keys[0], scratch);
    return answer;
  }

  private byte[] refused(Refusal why) {
    refusal = why;
    return null;
  }

  Refusal refusal() {
    return refusal;
  }

  /** Keys of the last handshake that was answered: the peer's, once a record under them came. */
  SealedSession session() {
    return session;
  }
}
