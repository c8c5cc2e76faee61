package org.understudy.lab.judge;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HistoryCheckerTest {
  private static HistoryBuilder history() {
    return new HistoryBuilder();
  }

  @Test
  void shouldPassWhenNothingHappened() {
    Verdict verdict = history().check();
    assertThat(verdict.isOk()).isTrue();
    assertThat(verdict.operations()).isZero();
  }

  @Test
  void shouldPassWhenOperationsWithoutReplyTookEffectOnceOrNotAtAll() {
    Verdict verdict =
        history()
            .incr(1)
            .unknown("c", LoadCommand.INCR, null)
            .unknown("c", LoadCommand.INCR, null)
            .incr(3)
            .last("c", "3")
            .append("xy", 2)
            .unknown("a", LoadCommand.APPEND, "UV")
            .unknown("a", LoadCommand.APPEND, "gone")
            .append("z", 5)
            .last("a", "xyUVz")
            .set("one")
            .unknown("r", LoadCommand.SET, "two")
            .get("r", "one")
            .get("r", "two")
            .unknown("r", LoadCommand.SET, "three")
            .last("r", "two")
            .check();
    assertThat(verdict.findings()).isEmpty();
    assertThat(verdict.isOk()).isTrue();
    assertThat(verdict.unknown()).isEqualTo(6);
    assertThat(verdict.acknowledged()).isEqualTo(7);
  }

  @Test
  void shouldReportLossWhenAnIncrementIsGone() {
    assertThat(history().incr(1).incr(2).incr(2).last("c", "2").check().lost()).isEqualTo(1);
    assertThat(history().incr(1).incr(2).last("c", "1").check().lost()).isEqualTo(1);
    assertThat(history().incr(1).last("c", null).check().lost()).isEqualTo(1);
  }

  @Test
  void shouldReportDoubleWhenAnIncrementRanTwice() {
    assertThat(history().incr(1).incr(3).last("c", "3").check().duplicated()).isEqualTo(1);
    assertThat(history().incr(1).last("c", "2").check().duplicated()).isEqualTo(1);
    assertThat(history().unknown("c", LoadCommand.INCR, null).last("c", "2").check().duplicated())
        .isEqualTo(1);
  }

  @Test
  void shouldReportReorderWhenIncrementsContradictTime() {
    assertThat(history().incr(2).incr(1).last("c", "2").check().reordered()).isEqualTo(1);
    assertThat(history().incr(1).incr(2).get("c", "1").last("c", "2").check().reordered())
        .isEqualTo(1);
    assertThat(
            history()
                .incr(2)
                .unknown("c", LoadCommand.INCR, null)
                .last("c", "2")
                .check()
                .reordered())
        .isEqualTo(1);
  }

  @Test
  void shouldReportLossWhenAnAppendIsGone() {
    assertThat(history().append("x", 1).append("y", 2).last("a", "x").check().lost()).isEqualTo(1);
    assertThat(history().append("x", 1).append("y", 1).last("a", "y").check().lost()).isPositive();
    assertThat(history().append("x", 1).get("a", "x").last("a", null).check().lost()).isPositive();
  }

  @Test
  void shouldReportDoubleWhenAnAppendStandsTwice() {
    Verdict verdict = history().append("x", 1).append("y", 2).last("a", "xyx").check();
    assertThat(verdict.duplicated()).isEqualTo(1);
    assertThat(history().unknown("a", LoadCommand.APPEND, "u").last("a", "uu").check().duplicated())
        .isEqualTo(1);
  }

  @Test
  void shouldReportReorderWhenAppendsContradictTimeOrTheirReplies() {
    assertThat(history().append("x", 1).append("y", 2).last("a", "yx").check().reordered())
        .isPositive();
    assertThat(history().append("x", 2).append("y", 1).last("a", "yx").check().reordered())
        .isPositive();
  }

  @Test
  void shouldReportLossWhenASetIsGone() {
    assertThat(history().set("one").set("two").last("r", "one").check().lost()).isEqualTo(1);
    assertThat(history().set("one").last("r", null).check().lost()).isEqualTo(1);
  }

  @Test
  void shouldReportReorderWhenASetTookEffectAfterALaterOne() {
    Verdict verdict =
        history().set("one").set("two").get("r", "two").get("r", "one").last("r", "one").check();
    assertThat(verdict.reordered()).isEqualTo(1);
    assertThat(history().set("one").set("two").get("r", "one").last("r", "two").check().reordered())
        .isEqualTo(1);
    assertThat(history().get("r", "one").set("one").last("r", "one").check().reordered())
        .isEqualTo(1);
  }

  @Test
  void shouldReportDoubleWhenASetTookEffectTwice() {
    Verdict verdict =
        history()
            .unknown("r", LoadCommand.SET, "one")
            .unknown("r", LoadCommand.SET, "two")
            .get("r", "one")
            .get("r", "two")
            .get("r", "one")
            .last("r", "one")
            .check();
    assertThat(verdict.duplicated()).isEqualTo(1);
  }

  @Test
  void shouldReportWrongRepliesWhenNothingExplainsThem() {
    assertThat(history().set("one").get("r", "never").last("r", "one").check().wrong())
        .isEqualTo(1);
    assertThat(history().error("c", LoadCommand.INCR).check().wrong()).isEqualTo(1);
    assertThat(history().append("x", 1).last("a", "x?").check().wrong()).isEqualTo(1);
    assertThat(history().incr(1).last("c", "one").check().wrong()).isEqualTo(1);
    assertThat(history().set("same").set("same").check().wrong()).isEqualTo(1);
    assertThat(
            history()
                .append("x", 1)
                .append("yz", 3)
                .get("a", "xy")
                .last("a", "xyz")
                .check()
                .wrong())
        .isEqualTo(1);
  }
}
