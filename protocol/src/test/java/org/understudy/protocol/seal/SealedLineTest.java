package org.understudy.protocol.seal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Lines that prove who said them. */
class SealedLineTest {
  private static final SealKey KEY = SealRig.key(1);
  private static final byte[] TEXT = "what it says".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] ANSWER = "what is answered".getBytes(StandardCharsets.US_ASCII);

  private long nowNs = 1_000_000_000L;
  private byte next;
  private final SealedLine left = line("a", "b");
  private final SealedLine right = line("b", "a");

  private SealedLine line(String self, String peer) {
    return new SealedLine(new SealIdentity(self, peer, List.of(KEY)), this::secret, () -> nowNs);
  }

  private byte[] secret() {
    byte[] secret = new byte[32];
    secret[1] = ++next; // the lowest three bits of a secret mean nothing
    return secret;
  }

  @Test
  void shouldBringBothTexts() {
    SealedLine.Question question = left.ask(TEXT);
    SealedLine.Heard heard = right.hear(question.line());
    assertThat(heard.text()).isEqualTo(TEXT);
    assertThat(question.read(heard.answer(ANSWER))).isEqualTo(ANSWER);
  }

  @Test
  void shouldTakeNoAnswerToAnotherQuestion() {
    SealedLine.Question before = left.ask(TEXT);
    byte[] old = right.hear(before.line()).answer(ANSWER);
    assertThat(left.ask(TEXT).read(old)).isNull();
    assertThat(left.refusal()).contains("proves nothing");
  }

  @Test
  void shouldAnswerAFloodOfOldQuestionsNowAndThenOnly() {
    byte[] old = left.ask(TEXT).line();
    int answered = 0;
    for (int i = 0; i < 1_000; i++) {
      nowNs += 100_000;
      answered += right.hear(old) == null ? 0 : 1;
    }
    assertThat(answered).isEqualTo(20);
  }

  /**
   * Both are the same pattern with the same key; the place where it is said is part of the proof.
   */
  @Test
  void shouldNotTakeWhatWasSaidOnTheLink() {
    SealIdentity identity = new SealIdentity("a", "b", List.of(KEY));
    Initiation link = new Initiation(identity, this::secret, new SealedSession.Scratch());
    String said = Base64.getEncoder().encodeToString(link.next().message());
    byte[] line = (KEY + " " + said).getBytes(StandardCharsets.US_ASCII);
    assertThat(right.hear(line)).isNull();
    assertThat(right.refusal()).contains("proves nothing");
  }

  @Test
  void shouldNameBothKeysWhereTheyDiffer() {
    SealedLine other =
        new SealedLine(
            new SealIdentity("a", "b", List.of(SealRig.key(2))), this::secret, () -> nowNs);
    assertThat(right.hear(other.ask(TEXT).line())).isNull();
    assertThat(right.refusal()).contains("00000002, here is [00000001]");
  }

  @Test
  void shouldRefuseWhatIsNoLine() {
    byte[] line = left.ask(TEXT).line();
    for (String strange :
        List.of("", " ", "0000000", "0000001g AAAA", "00000001 !", "00000001AAAA")) {
      assertThat(right.hear(strange.getBytes(StandardCharsets.ISO_8859_1))).as(strange).isNull();
    }
    for (int bit = 0; bit < 8 * line.length; bit++) {
      byte[] changed = line.clone();
      changed[bit / 8] ^= (byte) (1 << bit % 8);
      assertThat(right.hear(changed)).as("bit " + bit).isNull();
    }
  }
}
