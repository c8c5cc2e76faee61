package org.understudy.protocol.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.understudy.pair.ownership.NodeId;

class MonitorProbeTest {
  private static final NodeId SELF = new NodeId("a", 1);
  private static final NodeId OWNER = new NodeId("b", 2);

  private static MonitorProbe.Answer ask(ServerSocket at, int timeoutMs) {
    return MonitorProbe.ask(
        new InetSocketAddress(at.getInetAddress(), at.getLocalPort()),
        "pair",
        SELF,
        null,
        timeoutMs);
  }

  private static ServerSocket open() throws IOException {
    return new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
  }

  @Test
  void shouldNameWhoAnswers() throws Exception {
    try (ServerSocket server = open()) {
      Thread owner =
          Thread.ofPlatform()
              .start(() -> {
                try (var connection = server.accept()) {
                  connection
                      .getOutputStream()
                      .write("understudy-monitor 1 pair b 2\n".getBytes(StandardCharsets.US_ASCII));
                  connection.getInputStream().readAllBytes();
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
              });
      assertThat(ask(server, 20_000)).isEqualTo(new MonitorProbe.Answer(true, OWNER));
      owner.join();
    }
  }

  @Test
  void shouldSayThatSomebodyIsThereWhenAProcessThatStandsStillAccepts() throws Exception {
    try (ServerSocket server = open()) {
      assertThat(ask(server, 50)).isEqualTo(new MonitorProbe.Answer(true, null));
    }
  }

  @Test
  void shouldFindNobodyWhereNobodyListens() throws Exception {
    ServerSocket server = open();
    server.close();
    assertThat(ask(server, 50)).isEqualTo(MonitorProbe.Answer.NOBODY);
  }
}
