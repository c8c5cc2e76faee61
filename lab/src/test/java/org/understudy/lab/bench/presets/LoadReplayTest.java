package org.understudy.lab.bench.presets;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.understudy.kv.KeyValueSettings;
import org.understudy.kv.StandaloneServer;
import org.understudy.service.front.FrontSettings;

class LoadReplayTest {
  private static InetSocketAddress free() throws Exception {
    try (java.net.ServerSocket socket =
        new java.net.ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
      return new InetSocketAddress(socket.getInetAddress(), socket.getLocalPort());
    }
  }

  @Test
  void shouldGetOneReplyForEveryOperationWhenPacedAndAtFullSpeed() throws Exception {
    InetSocketAddress front = free();
    RecordedLoad load = RecordedLoad.of(3, 5, 60, 500);
    try (StandaloneServer server =
            new StandaloneServer(FrontSettings.of(front), KeyValueSettings.DEFAULT, 64 << 20);
        LoadReplay replay = new LoadReplay(load, front)) {
      assertThat(server.front()).isNotNull();
      replay.populate();
      Histogram latencies = replay.paced(20_000);
      assertThat(latencies.getTotalCount()).isEqualTo(500);
      int[] asked = new int[1];
      assertThat(replay.saturated(4, () -> asked[0]++ > 50)).isPositive();
      assertThat(replay.errors()).isZero();
    }
  }
}
