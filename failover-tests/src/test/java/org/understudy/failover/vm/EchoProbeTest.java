package org.understudy.failover.vm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EchoProbeTest {
  @Test
  void shouldTellWhenWhatWasLostHadBeenSent() {
    String said =
        """
        PING 10.77.0.50 (10.77.0.50) 56(84) bytes of data.
        [1000.010000] 64 bytes from 10.77.0.50: icmp_seq=1 ttl=64 time=10.0 ms
        [1000.206000] 64 bytes from 10.77.0.50: icmp_seq=3 ttl=64 time=196 ms
        [1000.207000] 64 bytes from 10.77.0.50: icmp_seq=4 ttl=64 time=192 ms
        [1000.207100] 64 bytes from 10.77.0.50: icmp_seq=4 ttl=64 time=192 ms (DUP!)

        --- 10.77.0.50 ping statistics ---
        6 packets transmitted, 3 received, +1 duplicates, 50% packet loss, time 30ms
        rtt min/avg/max/mdev = 0.205/4.160/196.000/14.366 ms
        """;
    EchoProbe.Result result = EchoProbe.Result.of(said, 1000.008);
    assertThat(result.sent()).isEqualTo(6);
    assertThat(result.lost()).isEqualTo(3);
    assertThat(result.doubled()).isEqualTo(1);
    assertThat(result.text().lines().skip(3))
        .containsExactly(
            "without an answer: 2, sent -3 ms after the order",
            "without an answer: 5, sent 12 ms after the order",
            "without an answer: 6, sent 17 ms after the order");
  }
}
