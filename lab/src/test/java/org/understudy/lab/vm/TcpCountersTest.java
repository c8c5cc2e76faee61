package org.understudy.lab.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class TcpCountersTest {
  @Test
  void shouldReadTheColumnByItsName() throws IOException {
    List<String> lines =
        List.of(
            "Ip: Forwarding DefaultTTL",
            "Ip: 1 64",
            "Tcp: RtoAlgorithm InSegs OutSegs RetransSegs InErrs",
            "Tcp: 1 200 300 17 0");

    assertThat(TcpCounters.retransmissions(lines)).isEqualTo(17);
  }

  @Test
  void shouldSayWhenTheKernelDoesNotTell() {
    assertThatThrownBy(() -> TcpCounters.retransmissions(List.of("Udp: InErrs", "Udp: 0")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("RetransSegs");
  }
}
