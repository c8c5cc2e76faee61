package org.understudy.service.front;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A front in a process that may open 220 files, and more clients than that. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // it reads a pipe
class DescriptorsTest {
  private static final int LIMIT = 220;
  private static final int CLIENTS = 300;

  private final List<Socket> clients = new ArrayList<>();
  private Process child;

  @AfterEach
  void end() throws Exception {
    for (Socket client : clients) {
      client.close();
    }
    if (child != null) {
      child.destroyForcibly().waitFor();
    }
  }

  @Test
  void shouldTakeWaitingClientsWhenDescriptorsAreFreeAgainThoughNoClientLeft() throws Exception {
    BufferedReader says = start(100_000);
    connect(says);
    assertThat(says.readLine()).matches("held up at [0-9]+");
    assertThat(says.readLine()).isEqualTo("went on");
  }

  @Test
  void shouldKeepAReserveWhenClientsWantAllDescriptors() throws Exception {
    BufferedReader says = start(0);
    connect(says);
    assertThat(says.readLine()).isEqualTo("served " + (LIMIT - Descriptors.RESERVE));
    Socket last = clients.getLast();
    assertThat(last.getInputStream().readAllBytes())
        .asString()
        .isEqualTo("-ERR max number of clients reached\r\n");
    assertThat(clients.getFirst().getInputStream().read()).isEqualTo('x');
  }

  @Test
  void shouldRefuseToServeWithTooFewDescriptors() {
    FrontSettings settings = FrontSettings.of(new InetSocketAddress("127.0.0.1", 0));
    assertThatThrownBy(() -> new TcpFront(settings, 140))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("may open 140 files")
        .hasMessageContaining("ulimit -n");
    assertThat(Descriptors.clients(10_000, 1 << 20)).isEqualTo(10_000);
    assertThat(Descriptors.clients(10_000, 1024)).isEqualTo(1024 - Descriptors.RESERVE);
  }

  private BufferedReader start(long believedLimit) throws IOException {
    child =
        new ProcessBuilder(
                "bash",
                "-c",
                "ulimit -n " + LIMIT + "; exec \"$0\" \"$@\"",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                FrontInChild.class.getName(),
                Long.toString(believedLimit),
                Integer.toString(CLIENTS))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    return child.inputReader();
  }

  private void connect(BufferedReader says) throws IOException {
    String line = says.readLine();
    assertThat(line).startsWith("port ");
    int port = Integer.parseInt(line.substring("port ".length()));
    for (int i = 0; i < CLIENTS; i++) {
      Socket client = new Socket("127.0.0.1", port);
      client.setSoTimeout((int) TimeUnit.SECONDS.toMillis(30));
      clients.add(client);
    }
    clients.getFirst().getOutputStream().write('x');
  }
}
