package org.understudy.node.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.understudy.node.program.Version;

@Timeout(60)
class HeapLimitTest {
  private static final long MIB = 1 << 20;
  private static final String WORD = "h\u00f6he \u20ac";

  /**
   * What the program says, line by line: its number, its heap, a word, the environment's, input.
   */
  private static List<String> run(long neededMib, String flag) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
                "sh",
                "-c",
                "exec \"$@\" \"$(printf 'h\\303\\266he \\342\\202\\254')\"",
                "sh",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx32m",
                flag,
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "-Dstdout.encoding=UTF-8",
                "-cp",
                System.getProperty("java.class.path"),
                HeapLimitProcess.class.getName(),
                Long.toString(neededMib))
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().put("LC_ALL", "C.UTF-8");
    builder.environment().put("UNDERSTUDY_TEST", "kept");
    Process process = builder.start();
    try (var in = process.inputReader(StandardCharsets.UTF_8);
        var out = process.outputWriter()) {
      out.write("x\n");
      out.flush();
      List<String> lines = in.lines().filter(line -> !line.contains(" INFO ")).toList();
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isZero();
      assertThat(lines.get(0)).isEqualTo(Long.toString(process.pid()));
      assertThat(lines.subList(2, lines.size())).containsExactly(WORD, "kept", "x");
      return lines;
    } finally {
      process.destroyForcibly();
    }
  }

  private static long heapBytes(List<String> lines) {
    return Long.parseLong(lines.get(1));
  }

  @Test
  void shouldStartTheJvmAnewInTheSameProcessWhenItsPartsNeedMore() throws Exception {
    for (long neededMib : new long[] {40, 300}) {
      assertThat(heapBytes(run(neededMib, HeapLimit.AS_NEEDED)))
          .isBetween(neededMib * MIB, neededMib * MIB * 11 / 10);
    }
  }

  @Test
  void shouldKeepTheLimitThatIsEnoughAndTheOneThatWasChosen() throws Exception {
    assertThat(heapBytes(run(20, HeapLimit.AS_NEEDED))).isLessThanOrEqualTo(32 * MIB);
    assertThat(heapBytes(run(300, "-Dother=auto"))).isLessThanOrEqualTo(32 * MIB);
  }

  @Test
  void shouldBePartOfWhatANodeIsStartedWith() throws Exception {
    assertThat(Version.nodeFlags())
        .contains(HeapLimit.AS_NEEDED, "-Xmx" + (Version.nodeHeapBytes() >> 20) + "m");
  }
}
