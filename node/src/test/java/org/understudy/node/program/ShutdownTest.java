package org.understudy.node.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ShutdownTest {
  /**
   * From the moment on that it can say so the verdict is the program's, and never the signal's. By
   * SIGTERM: a shell has what it starts in the background ignore SIGINT, tests included.
   */
  @Test
  void shouldEndWithTheVerdictOfTheProgramHoweverOftenItIsAsked() throws Exception {
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
        terminate(process);
        assertThat(process.inputReader().readLine()).isEqualTo("asked");
      }
      process.outputWriter().close();
      // One more while it ends.
      terminate(process);
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isEqualTo(ShutdownProcess.CODE);
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  private static void terminate(Process process) throws Exception {
    new ProcessBuilder("kill", "-TERM", Long.toString(process.pid())).start().waitFor();
  }
}
