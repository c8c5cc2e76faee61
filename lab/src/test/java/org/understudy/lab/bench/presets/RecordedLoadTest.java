package org.understudy.lab.bench.presets;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecordedLoadTest {
  @Test
  void shouldSendTheSameBytesWhenTheSeedIsTheSame() {
    RecordedLoad load = RecordedLoad.of(7, 4, 30, 200);
    assertThat(load.sameAs(RecordedLoad.of(7, 4, 30, 200))).isTrue();
    assertThat(load.sameAs(RecordedLoad.of(8, 4, 30, 200))).isFalse();
  }

  @Test
  void shouldHoldCompleteCommandsWhenRecorded() {
    RecordedLoad load = RecordedLoad.of(7, 4, 30, 200);
    assertThat(List.of(load.population())).hasSize(30);
    assertThat(List.of(load.operations()))
        .hasSize(200)
        .allSatisfy(RecordedLoadTest::requireCommand);
  }

  private static void requireCommand(byte[] bytes) {
    String[] lines = new String(bytes, StandardCharsets.US_ASCII).split("\r\n");
    int parts = Integer.parseInt(lines[0].substring(1));
    assertThat(lines).hasSize(1 + 2 * parts);
    for (int i = 1; i < lines.length; i += 2) {
      assertThat(lines[i]).isEqualTo("$" + lines[i + 1].length());
    }
  }
}
