package org.understudy.races;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.understudy.checkpoint.guest.CaptureKind;
import org.understudy.checkpoint.track.CapturedSet;

/** A writer and the encoder race for one page: the encoder sees it as of the flip, always. */
@JCStressTest
@Outcome(id = "11, 0, 22", expect = Expect.ACCEPTABLE, desc = "the encoder was first")
@Outcome(id = "11, 1, 22", expect = Expect.ACCEPTABLE, desc = "the writer copied the page first")
@Outcome(expect = Expect.FORBIDDEN, desc = "the page is not as of the flip, or a write is lost")
@State
public class CopyOnWriteStress extends BarrierRace {
  public CopyOnWriteStress() {
    super(1, 1, CaptureKind.CHECKPOINT);
  }

  @Actor
  public void writer() {
    write(0, NEW);
  }

  @Actor
  public void encoder(III_Result result) {
    result.r1 = encode(captured, 0);
    captured.releaseAll();
  }

  @Arbiter
  public void nextEpoch(III_Result result) {
    result.r2 = (int) captured.copiedPages();
    CapturedSet next = barrier.flip(CaptureKind.CHECKPOINT);
    result.r3 = next.count() == 1 ? encode(next, 0) : -1;
  }
}
