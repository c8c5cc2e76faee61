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
            GUEST + " dev a0 master sw0 ",
            "52:54:00:77:00:51 dev b0 master sw0 ",
            GUEST + " dev up0 master br0 ",
            GUEST + " dev a0 master sw0 ",
            "Deleted " + GUEST + " dev a0 master sw0 ",
            GUEST + " dev b0 master sw0 stale",
            GUEST + " dev a0 master sw0 ");
    assertThat(MacWatch.ports(lines, GUEST, "sw0")).containsExactly("a0", "b0", "a0");
  }
}
