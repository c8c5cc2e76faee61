package org.understudy.node.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShutdownTest {
  /** From the moment on that it can say so the verdict is the program's, and never the signal's. */
  @ParameterizedTest
  @ValueSource(strings = {"TERM", "INT"})
  void shouldEndWithTheVerdictOfTheProgramHoweverOftenItIsAsked(String signal) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                ShutdownProcess.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      assertThat(process.inputReader().readLine()).isEqualTo("ready");
      for (int i = 0; i < 3; i++) {
        send(process, signal);
        assertThat(process.inputReader().readLine()).isEqualTo("asked");
      }
      process.outputWriter().close();
      // One more while it ends.
      send(process, signal);
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isEqualTo(ShutdownProcess.CODE);
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  private static void send(Process process, String signal) throws Exception {
    new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor();
  }
}
