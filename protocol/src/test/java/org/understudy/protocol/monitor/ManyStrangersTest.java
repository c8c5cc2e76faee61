package org.understudy.protocol.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
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
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.pair.ownership.NodeId;

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
    "understudy-monitor 9 pair a 1\n",
    "understudy-monitor 2 pair a 1\n",
    "understudy-monitor 2 00000001 AAAA\n",
    "understudy-monitor 2 00000001 " + "A".repeat(240) + "\n",
    "understudy-monitor 2 00000002 " + "A".repeat(240) + "\n"
  };

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void shouldLiveOnWhateverIsSaidAtItsPortHoweverOften(boolean isSealed) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                MonitorProcess.class.getName()));
    if (isSealed) {
      command.add("sealed");
    }
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    Greeting peer =
        new Greeting(
            new MonitorHello("pair", new NodeId("peer", 2)),
            isSealed ? MonitorProcess.seal("peer", "alone") : null,
            System::nanoTime);
    Greeting.Question question = peer.ask();
    try {
      int port = Integer.parseInt(process.inputReader().readLine());
      visitTogether(port);
      try (Socket last = new Socket(InetAddress.getLoopbackAddress(), port)) {
        last.setSoTimeout(20_000);
        last.getOutputStream().write(question.line());
        String answer = new BufferedReader(new InputStreamReader(last.getInputStream())).readLine();
        assertThat(question.read(answer.getBytes(StandardCharsets.US_ASCII)))
            .isEqualTo(new MonitorHello("pair", new NodeId("alone", 1)));
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

  private static void visit(int port, String line) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    try {
      socket.getOutputStream().write(line.getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      // turned away already
    }
    socket.close();
  }
}
