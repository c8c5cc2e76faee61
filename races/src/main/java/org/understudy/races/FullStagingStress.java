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

/**
 * Three pages and one staging slot, writer and encoder from opposite ends: the writer waits for the
 * slot or for the page, the encoder never does, and each page is encoded as of the flip.
 */
@JCStressTest
@Outcome(id = "11, 11, 11", expect = Expect.ACCEPTABLE, desc = "all pages as of the flip")
@Outcome(expect = Expect.FORBIDDEN, desc = "a page is not as of the flip")
@State
public class FullStagingStress extends BarrierRace {
  public FullStagingStress() {
    super(3, 1, CaptureKind.CHECKPOINT);
  }

  @Actor
  public void writer() {
    write(0, NEW);
    write(1, NEW);
    write(2, NEW);
  }

  @Actor
  public void encoder(III_Result result) {
    result.r1 = encode(captured, 2);
    result.r2 = encode(captured, 1);
    result.r3 = encode(captured, 0);
    captured.releaseAll();
  }

  /** A copy that reused the slot too early would show in the next epoch's count as well. */
  @Arbiter
  public void nextEpoch(III_Result result) {
    CapturedSet next = barrier.flip(CaptureKind.CHECKPOINT);
    for (int i = 0; i < 3; i++) {
      if (next.count() != 3 || encode(next, i) != 22) {
        result.r1 = -1;
      }
    }
  }
}
