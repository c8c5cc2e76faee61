package org.understudy.protocol.monitor;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.LongSupplier;
import org.understudy.pair.ownership.NodeId;
import org.understudy.protocol.seal.RandomSecrets;
import org.understudy.protocol.seal.SealIdentity;
import org.understudy.protocol.seal.SealedLine;

/**
 * The one line that each side of a monitor connection says, ended by a line feed: a {@link
 * MonitorHello} as it is, or sealed, {@code understudy-monitor 2 KEYID BASE64}. Who connects speaks
 * first. Belongs to the agent's thread.
 */
final class Greeting {
  /** No line is longer: a sealed one of the longest names has some 330 bytes. */
  static final int MAX_BYTES = 384;

  private static final byte[] SEALED_MAGIC =
      (MonitorHello.ANY_MAGIC + "2 ").getBytes(StandardCharsets.US_ASCII);
  private static final String OTHER_WIRE =
      "one side seals and the other does not: wire.sealed must be equal on both nodes";

  /**
   * What the listening side makes of a line.
   *
   * @param answer the line to say; null if it was no friend's
   * @param node who said it; null if nobody knows
   * @param refusal why there is no answer
   */
  record Verdict(byte[] answer, NodeId node, String refusal) {
    private static Verdict refused(String why) {
      return new Verdict(null, null, why);
    }
  }

  private final MonitorHello own;
  private final SealedLine sealed;
  private String refusal;

  /**
   * For all connections of this node.
   *
   * @param seal how both prove who they are; null in the clear
   * @param clock nanoseconds that never go back
   */
  Greeting(MonitorHello own, SealIdentity seal, LongSupplier clock) {
    this.own = own;
    sealed = seal == null ? null : new SealedLine(seal, new RandomSecrets(), clock);
  }

  // ---- the listening side

  /** What to do with whoever said this, a line without its line feed. */
  Verdict judge(byte[] line) {
    return isSealed(line) == (sealed != null)
        ? sealed == null ? judgeClear(line) : judgeSealed(line)
        : Verdict.refused(isHello(line) ? OTHER_WIRE : MonitorListener.NO_HELLO);
  }

  private Verdict judgeClear(byte[] line) {
    MonitorHello hello = MonitorHello.parse(line);
    String why = whyNot(hello);
    return why == null
        ? new Verdict(withLineFeed(own.encode()), hello.node(), null)
        : Verdict.refused(why);
  }

  private Verdict judgeSealed(byte[] line) {
    SealedLine.Heard heard = sealed.hear(behindMagic(line));
    if (heard == null) {
      return Verdict.refused(sealed.refusal());
    }
    MonitorHello hello = MonitorHello.parse(heard.text());
    String why = whyNot(hello);
    byte[] answer = why == null ? heard.answer(own.encode()) : null;
    return answer == null
        ? Verdict.refused(why == null ? MonitorListener.NO_HELLO : why)
        : new Verdict(withMagic(answer), hello.node(), null);
  }

  private String whyNot(MonitorHello hello) {
    if (hello == null) {
      return MonitorListener.NO_HELLO;
    }
    if (!hello.pairId().equals(own.pairId())) {
      return MonitorListener.OTHER_PAIR;
    }
    return otherName(hello);
  }

  /**
   * Who proves the key has to be the other node of it; null where he is, or where nobody proves.
   */
  private String otherName(MonitorHello hello) {
    boolean isStrange = sealed != null && !hello.node().name().equals(sealed.peer());
    return isStrange ? "it says that it is " + hello.node().name() : null;
  }

  // ---- the connecting side

  /** What one connection says, and what it makes of the answer. */
  final class Question {
    private final SealedLine.Question question;

    private Question() {
      question = sealed == null ? null : sealed.ask(own.encode());
    }

    /** With its line feed. */
    byte[] line() {
      return question == null ? withLineFeed(own.encode()) : withMagic(question.line());
    }

    /** Who answered, by a line without its line feed; null if nobody that counts: {@link #why}. */
    MonitorHello read(byte[] line) {
      byte[] text = textOf(line);
      if (text == null) {
        return null;
      }
      MonitorHello hello = MonitorHello.parse(text);
      refusal = hello == null ? MonitorListener.NO_HELLO : otherName(hello);
      return refusal == null ? hello : null;
    }

    private byte[] textOf(byte[] line) {
      if (isSealed(line) != (question != null)) {
        refusal = isHello(line) ? OTHER_WIRE : MonitorListener.NO_HELLO;
        return null;
      }
      byte[] text = question == null ? line : question.read(behindMagic(line));
      refusal = text == null ? sealed.refusal() : null;
      return text;
    }
  }

  /** For the next connection. */
  Question ask() {
    return new Question();
  }

  /** Why the last answer did not count. */
  String why() {
    return refusal;
  }

  // ---- lines

  private static boolean isSealed(byte[] line) {
    return line.length >= SEALED_MAGIC.length
        && Arrays.equals(line, 0, SEALED_MAGIC.length, SEALED_MAGIC, 0, SEALED_MAGIC.length);
  }

  private static boolean isHello(byte[] line) {
    return new String(line, StandardCharsets.ISO_8859_1).startsWith(MonitorHello.ANY_MAGIC);
  }

  private static byte[] behindMagic(byte[] line) {
    return Arrays.copyOfRange(line, SEALED_MAGIC.length, line.length);
  }

  private static byte[] withMagic(byte[] text) {
    byte[] line = Arrays.copyOf(SEALED_MAGIC, SEALED_MAGIC.length + text.length + 1);
    System.arraycopy(text, 0, line, SEALED_MAGIC.length, text.length);
    line[line.length - 1] = '\n';
    return line;
  }

  private static byte[] withLineFeed(byte[] text) {
    byte[] line = Arrays.copyOf(text, text.length + 1);
    line[text.length] = '\n';
    return line;
  }
}
