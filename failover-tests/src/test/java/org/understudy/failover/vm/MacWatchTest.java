package org.understudy.failover.vm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class MacWatchTest {
  private static final String GUEST = "52:54:00:77:00:50";

  @Test
  void shouldTellEachMoveOfTheGuestAndNothingElse() {
    List<String> lines =
        List.of(
            "Timestamp: Sun Nov 22 01:50:27 2026 3959 usec",
            GUEST + " dev a0 master sw0 ",
            "52:54:00:77:00:51 dev b0 master sw0 ",
            GUEST + " dev up0 master br0 ",
            GUEST + " dev a0 master sw0 ",
            "Deleted " + GUEST + " dev a0 master sw0 ",
            "Timestamp: Sun Nov 22 01:50:28 2026 290671 usec",
            GUEST + " dev b0 master sw0 stale",
            GUEST + " dev a0 master sw0 ");
    assertThat(MacWatch.moves(lines, GUEST, "sw0"))
        .extracting(MacWatch.Move::toString)
        .containsExactly("a0 01:50:27.003959", "b0 01:50:28.290671", "a0 01:50:28.290671");
  }
}
