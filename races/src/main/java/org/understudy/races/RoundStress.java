package org.understudy.races;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.understudy.checkpoint.guest.CaptureKind;
import org.understudy.checkpoint.track.CapturedSet;

/**
 * A page is written while a round reads it: what the round read may be torn, and then the next
 * capture has the page, whole.
 */
@JCStressTest
@Outcome(id = "11, 22", expect = Expect.ACCEPTABLE, desc = "read before the write")
@Outcome(id = "22, 22", expect = Expect.ACCEPTABLE, desc = "read after the write")
@Outcome(id = "(12|21), 22", expect = Expect.ACCEPTABLE_INTERESTING, desc = "torn")
@Outcome(expect = Expect.FORBIDDEN, desc = "the next capture lacks the page or tears it")
@State
public class RoundStress extends BarrierRace {
  public RoundStress() {
    super(1, 1, CaptureKind.ROUND);
  }

  @Actor
  public void writer() {
    write(0, NEW);
  }

  @Actor
  public void encoder(II_Result result) {
    result.r1 = encode(captured, 0);
    captured.releaseAll();
  }

  @Arbiter
  public void nextEpoch(II_Result result) {
    CapturedSet next = barrier.flip(CaptureKind.CHECKPOINT);
    result.r2 = next.count() == 1 ? encode(next, 0) : -1;
  }
}
