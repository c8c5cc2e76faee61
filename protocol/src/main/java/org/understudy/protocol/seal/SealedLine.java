package org.understudy.protocol.seal;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * A line that each side of a plain connection says once, so that it proves who said it: the two
 * messages of a handshake whose payloads are what is to be said, as {@code KEYID BASE64}. Nothing
 * follows, so no keys are kept.
 */
public final class SealedLine {
  private static final int ID_DIGITS = 8;

  /** First lines that prove the key are answered this often at most: they may be old ones. */
  private static final long MIN_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(5);

  private final SealIdentity identity;
  private final Supplier<byte[]> secrets;
  private final LongSupplier clock;
  private int turn;
  private boolean hasAnswered;
  private long answeredNs;
  private String refusal;

  /**
   * For both sides of this node's connections.
   *
   * @param secrets gives 32 random bytes each time, never the same
   * @param clock nanoseconds that never go back
   */
  public SealedLine(SealIdentity identity, Supplier<byte[]> secrets, LongSupplier clock) {
    this.identity = identity;
    this.secrets = secrets;
    this.clock = clock;
  }

  /** Name of the node that has the other side. */
  public String peer() {
    return identity.peer();
  }

  /** Why the last line was not believed. */
  public String refusal() {
    return refusal;
  }

  /** One connection of this node: what it says, and what it makes of the answer. */
  public final class Question {
    private final SealKey key;
    private final NoiseHandshake handshake;
    private final byte[] line;

    private Question(SealKey key, byte[] text) {
      this.key = key;
      handshake =
          new NoiseHandshake(identity.prologueOfOwn(SealIdentity.Purpose.MONITOR), key.secret());
      line = write(key, handshake.first(secrets.get(), text));
    }

    /** What to say. */
    public byte[] line() {
      return line.clone();
    }

    /** What the other side answered to exactly this; null if it proves nothing. */
    public byte[] read(byte[] answer) {
      byte[] message = messageOf(answer);
      byte[] text = message == null ? null : handshake.takeSecond(message);
      if (text == null) {
        refusal = Refusal.UNPROVEN.text() + " (key " + key + ")";
      }
      return text;
    }
  }

  /** A question with the next key: each in turn, since the other side may have any of them. */
  public Question ask(byte[] text) {
    SealKey key = identity.keys().get(turn);
    turn = (turn + 1) % identity.keys().size();
    return new Question(key, text);
  }

  /** A question of the other side that proved the key. */
  public final class Heard {
    private final SealKey key;
    private final NoiseHandshake handshake;
    private final byte[] text;

    private Heard(SealKey key, NoiseHandshake handshake, byte[] text) {
      this.key = key;
      this.handshake = handshake;
      this.text = text;
    }

    /** What it says. */
    public byte[] text() {
      return text.clone();
    }

    /** The line to answer; null if its point agrees on nothing. */
    public byte[] answer(byte[] own) {
      byte[] message = handshake.second(secrets.get(), own);
      return message == null ? null : write(key, message);
    }
  }

  /** Takes a question; null if it proves nothing, and {@link #refusal} says why. */
  public Heard hear(byte[] question) {
    byte[] message = messageOf(question);
    if (message == null) {
      return refused(Refusal.MALFORMED.text());
    }
    int id = HexFormat.fromHexDigits(text(question), 0, ID_DIGITS);
    SealKey key = identity.key(id);
    if (key == null) {
      return refused(
          Refusal.UNKNOWN_KEY.text() + ": " + SealKey.text(id) + ", here is " + identity.keys());
    }
    NoiseHandshake handshake =
        new NoiseHandshake(identity.prologueOfPeer(SealIdentity.Purpose.MONITOR), key.secret());
    byte[] text = handshake.takeFirst(message);
    if (text == null) {
      return refused(Refusal.UNPROVEN.text());
    }
    long nowNs = clock.getAsLong();
    if (hasAnswered && nowNs - answeredNs < MIN_INTERVAL_NS) {
      return refused(Refusal.TOO_FAST.text());
    }
    hasAnswered = true;
    answeredNs = nowNs;
    return new Heard(key, handshake, text);
  }

  private Heard refused(String why) {
    refusal = why;
    return null;
  }

  private static byte[] write(SealKey key, byte[] message) {
    String line = key + " " + Base64.getEncoder().encodeToString(message);
    return line.getBytes(StandardCharsets.US_ASCII);
  }

  /** The message of a line; null if it is none. */
  private static byte[] messageOf(byte[] line) {
    String text = text(line);
    if (text.length() < ID_DIGITS + 2 || text.charAt(ID_DIGITS) != ' ') {
      return null;
    }
    try {
      HexFormat.fromHexDigits(text, 0, ID_DIGITS);
      return Base64.getDecoder().decode(text.substring(ID_DIGITS + 1));
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static String text(byte[] line) {
    return new String(line, StandardCharsets.ISO_8859_1);
  }
}
