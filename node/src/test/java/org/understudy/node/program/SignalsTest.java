package org.understudy.node.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class SignalsTest {
  @Test
  void shouldLiveOnWhenItsTerminalIsClosed() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                SignalsProcess.class.getName())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      assertThat(process.inputReader().readLine()).isEqualTo("ready");
      for (int i = 0; i < 3; i++) {
        assertThat(
                new ProcessBuilder("kill", "-HUP", Long.toString(process.pid())).start().waitFor())
            .isZero();
        process.outputWriter().write('x');
        process.outputWriter().flush();
        assertThat(process.inputReader().readLine()).isEqualTo("alive");
      }
    } finally {
      process.destroyForcibly().waitFor();
    }
  }
}
