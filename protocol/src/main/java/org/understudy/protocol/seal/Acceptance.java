package org.understudy.protocol.seal;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Answers handshakes that the peer begins. The last ones are remembered with their answers: whoever
 * says one again gets the same bytes, and nothing is computed. Others are answered now and then
 * only, since what comes may be copies of old ones, each of which costs an agreement.
 */
final class Acceptance {
  static final long MIN_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(5);

  /** Copies of old handshakes cannot push out a new one before its first record is here. */
  static final int REMEMBERED = 8;

  /**
   * One handshake.
   *
   * @param first what the peer said
   * @param second what it got
   * @param session its keys: the peer's, once a record under them came
   */
  private record Answered(byte[] first, byte[] second, SealedSession session) {}

  private static final byte[] NO_PAYLOAD = {};

  private final SealIdentity identity;
  private final Supplier<byte[]> secrets;
  private final LongSupplier clock;
  private final SealedSession.Scratch scratch;
  private final ArrayDeque<Answered> answered = new ArrayDeque<>(REMEMBERED);
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
    for (Answered before : answered) {
      if (Arrays.equals(message, before.first)) {
        return before.second;
      }
    }
    SealKey key = identity.key(keyId);
    if (key == null) {
      return refused(Refusal.UNKNOWN_KEY);
    }
    NoiseHandshake handshake =
        new NoiseHandshake(identity.prologueOfPeer(SealIdentity.Purpose.LINK), key.secret());
    if (handshake.takeFirst(message) == null) {
      return refused(Refusal.UNPROVEN);
    }
    long nowNs = clock.getAsLong();
    if (!answered.isEmpty() && nowNs - answeredNs < MIN_INTERVAL_NS) {
      return refused(Refusal.TOO_FAST);
    }
    byte[] answer = handshake.second(secrets.get(), NO_PAYLOAD);
    if (answer == null) {
      return refused(Refusal.UNPROVEN);
    }
    answeredNs = nowNs;
    remember(message, answer, handshake);
    return answer;
  }

  private void remember(byte[] message, byte[] answer, NoiseHandshake handshake) {
    if (answered.size() == REMEMBERED) {
      answered.poll();
    }
    byte[][] keys = handshake.keys();
    SealedSession session = new SealedSession(handshake.hash(), keys[1], keys[0], scratch);
    answered.add(new Answered(message, answer, session));
  }

  /** A record under these keys came: the peer has no use for older ones any more. */
  void confirm(SealedSession session) {
    if (session(session.id()) == session) {
      while (answered.peek().session != session) {
        answered.poll();
      }
    }
  }

  private byte[] refused(Refusal why) {
    refusal = why;
    return null;
  }

  Refusal refusal() {
    return refusal;
  }

  /** The session of that name among the last ones that were answered; null if it is none. */
  SealedSession session(int id) {
    for (Answered before : answered) {
      if (before.session.id() == id) {
        return before.session;
      }
    }
    return null;
  }
}
