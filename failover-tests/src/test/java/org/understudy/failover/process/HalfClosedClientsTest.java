package org.understudy.failover.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.lab.pair.DemoPair;
import org.understudy.lab.pair.PairSettings;

/** Clients that shut their sending side and wait, as {@code nc -N} does. */
@Timeout(120)
class HalfClosedClientsTest {
  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"understudy", "llm"})
  void shouldGetTheirAnswersAfterTheCommitWhenAPairServesThem(String preset)
      throws IOException, InterruptedException {
    PairSettings settings = new PairSettings(preset, 64L << 20, List.of());
    try (RunningPair running = new RunningPair(new DemoPair(directory, settings))) {
      running.pair.start();
      running.awaitProtected();
      InetSocketAddress front = running.pair.backupFront();
      for (int i = 1; i <= 30; i++) {
        try (Socket client = new Socket(front.getAddress(), front.getPort())) {
          client.getOutputStream().write("INCR n\r\n".getBytes(StandardCharsets.US_ASCII));
          client.shutdownOutput();
          assertThat(client.getInputStream().readAllBytes()).asString().isEqualTo(":" + i + "\r\n");
        }
      }
    }
  }
}
