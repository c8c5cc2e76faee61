package org.understudy.protocol.seal;

import java.util.Arrays;
import java.util.function.Supplier;

/** Handshakes that this node has begun and that nobody has answered yet: one with each key. */
final class Initiation {
  /**
   * One of them.
   *
   * @param key with this key
   * @param handshake after its first message
   * @param message what the first message said
   */
  record Begun(SealKey key, NoiseHandshake handshake, byte[] message) {}

  private static final byte[] NO_PAYLOAD = {};

  private final SealIdentity identity;
  private final Supplier<byte[]> secrets;
  private final SealedSession.Scratch scratch;
  private final Begun[] open;
  private int turn;

  /**
   * Nothing is begun.
   *
   * @param identity who this is
   * @param secrets gives 32 random bytes each time
   * @param scratch for sessions
   */
  Initiation(SealIdentity identity, Supplier<byte[]> secrets, SealedSession.Scratch scratch) {
    this.identity = identity;
    this.secrets = secrets;
    this.scratch = scratch;
    open = new Begun[identity.keys().size()];
  }

  /** With the next key: each in turn as long as nobody answers, with the same bytes each time. */
  Begun next() {
    int index = turn;
    turn = (turn + 1) % open.length;
    if (open[index] == null) {
      SealKey key = identity.keys().get(index);
      NoiseHandshake handshake =
          new NoiseHandshake(identity.prologueOfOwn(SealIdentity.Purpose.LINK), key.secret());
      open[index] = new Begun(key, handshake, handshake.first(secrets.get(), NO_PAYLOAD));
    }
    return open[index];
  }

  /** The session that an answer makes; null if it answers nothing that is open. */
  SealedSession take(byte[] answer) {
    for (int i = 0; i < open.length; i++) {
      if (open[i] != null && open[i].handshake.takeSecond(answer) != null) {
        NoiseHandshake done = open[i].handshake;
        Arrays.fill(open, null);
        turn = i;
        return new SealedSession(done.hash(), done.keys()[0], done.keys()[1], scratch);
      }
    }
    return null;
  }
}
