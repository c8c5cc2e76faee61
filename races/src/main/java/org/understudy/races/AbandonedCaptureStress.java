package org.understudy.races;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.understudy.checkpoint.guest.CaptureKind;

/** A writer that waits for room goes on when the capture is dropped without being encoded. */
@JCStressTest
@Outcome(id = "11, 1", expect = Expect.ACCEPTABLE, desc = "the writer went on")
@Outcome(expect = Expect.FORBIDDEN, desc = "wrong content")
@State
public class AbandonedCaptureStress extends BarrierRace {
  public AbandonedCaptureStress() {
    super(3, 1, CaptureKind.CHECKPOINT);
  }

  @Actor
  public void writer(II_Result result) {
    write(0, NEW);
    write(1, NEW);
    write(2, NEW);
    result.r2 = barrier.dirtyPages() == 3 ? 1 : 0;
  }

  @Actor
  public void encoder(II_Result result) {
    result.r1 = encode(captured, 2);
    captured.releaseAll();
  }
}
