package org.understudy.node.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.understudy.node.config.ConfigLoader;
import org.understudy.node.config.NodeConfig;
import org.understudy.node.program.ExitCode;
import org.understudy.node.program.UserError;

class PreflightTest {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

  private NodeConfig config(int replication, int monitor, int front) {
    return ConfigLoader.parse(
        """
        node { name = a, role = primary, directory = /tmp/a }
        self { replication = "127.0.0.1:%d", monitor = "127.0.0.1:%d", front = "127.0.0.1:%d" }
        peer { replication = "127.0.0.1:1", monitor = "127.0.0.1:2", front = "127.0.0.1:3" }
        arbiter.dir = /tmp/arbiter
        guest.memory = 16 MiB
        limits { inputLog = 4 MiB, staging = 16 MiB }
        """
            .formatted(replication, monitor, front));
  }

  private static int free() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, LOOPBACK)) {
      return socket.getLocalPort();
    }
  }

  @Test
  void shouldPassWhenEverythingIsFree() throws IOException {
    NodeConfig config = config(free(), free(), free());
    assertThatCode(() -> Preflight.check(config)).doesNotThrowAnyException();
  }

  @Test
  void shouldNameThePortWhenItIsUsed() throws IOException {
    try (ServerSocket tcp = new ServerSocket(0, 1, LOOPBACK);
        DatagramSocket udp = new DatagramSocket(0, LOOPBACK)) {
      refused(config(free(), free(), tcp.getLocalPort()), "self.front = 127.0.0.1:");
      refused(config(free(), tcp.getLocalPort(), free()), "self.monitor = 127.0.0.1:");
      refused(config(udp.getLocalPort(), free(), free()), "self.replication = 127.0.0.1:");
    }
  }

  @Test
  void shouldNotLetAClientInThatTriesTheFrontMeanwhile() throws Exception {
    NodeConfig config = config(free(), free(), free());
    AtomicBoolean done = new AtomicBoolean();
    AtomicInteger refused = new AtomicInteger();
    AtomicInteger letIn = new AtomicInteger();
    Thread client =
        new Thread(() -> {
          while (!done.get()) {
            try (SocketChannel channel = SocketChannel.open(config.self().front().address())) {
              letIn.addAndGet(channel.isConnected() ? 1 : 0);
            } catch (IOException e) {
              refused.incrementAndGet();
            }
          }
        });
    client.start();
    try {
      for (int checks = 0; checks < 200 || refused.get() + letIn.get() < 200; checks++) {
        Preflight.check(config);
      }
    } finally {
      done.set(true);
      client.join();
    }

    assertThat(letIn).hasValue(0);
  }

  private static void refused(NodeConfig config, String message) {
    assertThatThrownBy(() -> Preflight.check(config))
        .isInstanceOfSatisfying(
            UserError.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.REFUSED))
        .hasMessageContaining(message)
        .message()
        .hasLineCount(1);
  }

  @Test
  void shouldNameBothFiguresWhenMemoryIsShort() {
    assertThatThrownBy(() -> Preflight.memory(3L << 30, 1L << 30))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("3.0 GiB")
        .hasMessageContaining("1.0 GiB")
        .hasMessageContaining("guest.memory");
  }
}
