package org.understudy.protocol.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The thread that holds the monitor's sockets can load no class: no visitor may make it try. */
@Execution(ExecutionMode.CONCURRENT)
class ManyStrangersTest {
  private static final int VISITS = 400;
  private static final int VISITORS = 8;
  private static final String[] LINES = {
    "",
    "\n",
    "GET / HTTP/1.1\r\n",
    "understudy-monitor 1 pair a 1\n",
    "x".repeat(300),
    "understudy-monitor 1 other a 1\n",
    "understudy-monitor 9 pair a 1\n"
  };

  @Test
  void shouldLiveOnWhateverIsSaidAtItsPortHoweverOften() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                MonitorProcess.class.getName())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      int port = Integer.parseInt(process.inputReader().readLine());
      visitTogether(port);
      try (Socket last = visit(port, "understudy-monitor 1 pair peer 2\n")) {
        last.setSoTimeout(20_000);
        String answer = "understudy-monitor 1 pair alone 1\n";
        assertThat(new String(last.getInputStream().readNBytes(answer.length()))).isEqualTo(answer);
      }
      assertThat(process.isAlive()).isTrue();
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  /** A visitor who finds the queue full waits for a second: they come side by side. */
  private static void visitTogether(int port) throws Exception {
    List<Callable<Void>> visitors = new ArrayList<>();
    for (int visitor = 0; visitor < VISITORS; visitor++) {
      visitors.add(() -> {
        for (int i = 0; i < VISITS / VISITORS; i++) {
          for (String line : LINES) {
            visit(port, line);
          }
        }
        return null;
      });
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(VISITORS)) {
      for (Future<Void> visitor : threads.invokeAll(visitors)) {
        visitor.get();
      }
    }
  }

  private static Socket visit(int port, String line) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    try {
      socket.getOutputStream().write(line.getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      // turned away already
    }
    if (!line.contains(" peer ")) {
      socket.close();
    }
    return socket;
  }
}
