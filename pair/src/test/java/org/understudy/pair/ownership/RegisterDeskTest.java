package org.understudy.pair.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.understudy.pair.ownership.RegisterDesk.Answer;

/** What counts as an answer of the arbiter (SAFETY rule O6). */
class RegisterDeskTest {
  private static final NodeId A = new NodeId("a", 1);
  private static final NodeId B = new NodeId("b", 2);
  private static final Register FOUR = new Register(7, 4, new Ownership.Protected(A, B));
  private static final long RETRY_NS = 100;
  private static final long ANSWER_NS = 1000;

  private final List<Long> reads = new ArrayList<>();
  private final List<Long> writes = new ArrayList<>();
  private final KnownRegister known = new KnownRegister();
  private final RegisterDesk desk =
      new RegisterDesk(
          new RegisterPort() {
            @Override
            public void readRegister(long request) {
              reads.add(request);
            }

            @Override
            public void compareAndSet(long request, Register next) {
              writes.add(request);
            }
          },
          known,
          RETRY_NS,
          ANSWER_NS);

  private Answer answer(Register seen) {
    return desk.onRead(reads.getLast(), seen, 0);
  }

  @Test
  void shouldTakeAnyRegisterWhenNoneIsKnown() {
    desk.check().start(0);
    assertThat(answer(null)).isEqualTo(Answer.CHECKED);
    desk.check().start(0);
    assertThat(answer(FOUR)).isEqualTo(Answer.CHECKED);
    assertThat(desk.trouble()).isNull();
  }

  @Test
  void shouldSayWhatIsMissingAndAskAgainWhenTheRegisterDoesNotSpeak() {
    known.learn(FOUR);
    desk.check().start(0);
    for (Register wrong : wrong()) {
      int before = reads.size();
      assertThat(answer(wrong)).isEqualTo(Answer.NONE);
      assertThat(desk.trouble()).contains("generation 4 of register 7");
      assertThat(desk.check().isPending()).isTrue();
      desk.doWork(RETRY_NS);
      assertThat(reads).hasSize(before + 1);
    }
    assertThat(answer(FOUR)).isEqualTo(Answer.CHECKED);
    assertThat(desk.trouble()).isNull();
  }

  private static List<Register> wrong() {
    List<Register> wrong = new ArrayList<>();
    wrong.add(null);
    wrong.add(new Register(8, 9, new Ownership.Solo(B)));
    wrong.add(new Register(7, 3, new Ownership.Solo(A)));
    wrong.add(new Register(7, 4, new Ownership.Solo(B)));
    return wrong;
  }

  @Test
  void shouldNeitherWinNorLoseAClaimByARegisterThatDoesNotSpeak() {
    known.learn(FOUR);
    for (Register wrong : wrong()) {
      desk.claim().start(FOUR, new Ownership.Solo(B), 0);
      desk.onWritten(writes.getLast(), false, 0);
      answer(wrong);
      assertThat(desk.claim().phase()).isEqualTo(RegisterClaim.Phase.BACKING_OFF);
    }
    desk.doWork(RETRY_NS);
    answer(new Register(7, 5, new Ownership.Solo(A)));
    assertThat(desk.claim().phase()).isEqualTo(RegisterClaim.Phase.LOST);
  }

  @Test
  void shouldTellALookAboutEverythingAndRepeatNothing() {
    known.learn(FOUR);
    desk.look().start(0);
    assertThat(answer(null)).isEqualTo(Answer.LOOKED);
    assertThat(desk.trouble()).contains("no register");
    desk.look().start(0);
    assertThat(desk.onFailed(reads.getLast(), 0)).isTrue();
    desk.look().start(0);
    assertThat(desk.doWork(ANSWER_NS - 1)).isFalse();
    assertThat(desk.doWork(ANSWER_NS)).as("no answer in time").isTrue();
    int before = reads.size();
    desk.doWork(10 * ANSWER_NS);
    assertThat(reads).hasSize(before);
    assertThat(answer(FOUR)).as("a late answer").isEqualTo(Answer.NONE);
  }

  @Test
  void shouldKnowWhatItWroteAndWhatItRead() {
    known.learn(FOUR);
    desk.claim().start(FOUR, new Ownership.Solo(B), 0);
    desk.onWritten(writes.getLast(), true, 0);
    desk.check().start(0);
    assertThat(answer(FOUR)).as("older than the own write").isEqualTo(Answer.NONE);
    assertThat(answer(new Register(7, 6, new Ownership.Ended()))).isEqualTo(Answer.NONE);
    desk.doWork(RETRY_NS);
    assertThat(answer(new Register(7, 6, new Ownership.Ended()))).isEqualTo(Answer.CHECKED);
    assertThat(known.fault(new Register(7, 5, new Ownership.Solo(B)))).contains("went back");
  }

  @Test
  void shouldHearAnArbiterThatTakesLongerThanTheTimeoutEachTime() {
    known.learn(FOUR);
    desk.claim().start(FOUR, new Ownership.Solo(B), 0);
    desk.doWork(ANSWER_NS);
    desk.doWork(2 * ANSWER_NS);
    assertThat(reads).as("asked again, and again").hasSize(2);
    desk.onRead(reads.getFirst(), FOUR, 2 * ANSWER_NS);
    assertThat(writes).as("nothing was written, says the first read").hasSize(2);
    desk.doWork(3 * ANSWER_NS);
    desk.onRead(reads.get(1), FOUR, 3 * ANSWER_NS);
    assertThat(writes).as("a read before the last write says nothing of that").hasSize(2);
    desk.onRead(reads.getLast(), FOUR.next(new Ownership.Solo(B)), 3 * ANSWER_NS);
    assertThat(desk.claim().phase()).isEqualTo(RegisterClaim.Phase.WON);

    desk.check().start(0);
    desk.doWork(ANSWER_NS);
    long first = reads.get(reads.size() - 2);
    Register five = FOUR.next(new Ownership.Solo(B));
    assertThat(desk.onRead(first, five, ANSWER_NS)).isEqualTo(Answer.CHECKED);
    desk.check().start(ANSWER_NS);
    assertThat(desk.onRead(first + 1, five, ANSWER_NS))
        .as("asked before this check began")
        .isEqualTo(Answer.NONE);
  }

  @Test
  void shouldWinByAWriteThatIsToldLateButNotByThatOfAnotherClaim() {
    desk.claim().start(FOUR, new Ownership.Solo(B), 0);
    desk.doWork(ANSWER_NS);
    desk.onWritten(writes.getFirst(), false, ANSWER_NS);
    assertThat(desk.claim().phase()).isEqualTo(RegisterClaim.Phase.READING);
    desk.onWritten(writes.getFirst(), true, ANSWER_NS);
    assertThat(desk.claim().phase()).isEqualTo(RegisterClaim.Phase.WON);
    desk.claim().start(FOUR.next(new Ownership.Solo(B)), new Ownership.Ended(), ANSWER_NS);
    desk.onWritten(writes.getFirst(), true, ANSWER_NS);
    assertThat(desk.claim().isPending()).isTrue();
  }
}
