package org.understudy.vm.standby;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LateWindowTest {
  private static final long OPENED_NS = -5;

  private final LateWindow window = new LateWindow(OPENED_NS);

  private boolean isOver(long afterNs) {
    return window.isOver(OPENED_NS + afterNs);
  }

  @Test
  void shouldStayOpenUntilTheAgentHasReadWhatWasPassedOnHoweverLateItComesToThat() {
    assertThat(isOver(LateWindow.SIDE_NS)).isFalse();
    long readNs = 3 * LateWindow.LINK_NS;
    assertThat(isOver(readNs)).isFalse();
    window.onLinkRead(true, OPENED_NS + readNs);
    assertThat(isOver(readNs + LateWindow.LINK_NS - 1)).isFalse();
    assertThat(isOver(readNs + LateWindow.LINK_NS)).isTrue();
  }

  @Test
  void shouldWaitForTheSideAloneWhereThePrimaryIsDead() {
    window.onLinkRead(false, OPENED_NS + 1);
    assertThat(isOver(LateWindow.SIDE_NS - 1)).isFalse();
    assertThat(isOver(LateWindow.SIDE_NS)).isTrue();
  }

  @Test
  void shouldCloseAlsoWhereNobodyReadsTheLinkAgain() {
    assertThat(isOver(LateWindow.LATEST_NS - 1)).isFalse();
    assertThat(isOver(LateWindow.LATEST_NS)).isTrue();
  }
}
