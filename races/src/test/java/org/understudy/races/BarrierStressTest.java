package org.understudy.races;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs the jcstress tests of the write barrier in a process of their own, which starts one more for
 * each configuration. Quick by default; {@code -Dbarrier.stress=tough} (or any other mode of
 * jcstress) takes its time.
 */
class BarrierStressTest {
  private static final String MODE = System.getProperty("barrier.stress", "quick");

  /** Each race has a few pages of its own, which the garbage collector takes back. */
  private static final String JVM_ARGUMENTS =
      "--enable-native-access=ALL-UNNAMED -XX:MaxDirectMemorySize=768m";

  /** A bound against a hang, far above what a run takes. */
  private static final long QUICK_LIMIT_MINUTES = 5;

  private static final long LONG_LIMIT_MINUTES = 24 * 60;

  @TempDir private Path results;

  @Test
  void shouldOwnEachPageExactlyOnceWhenWriterAndEncoderRace() throws Exception {
    Path log = results.resolve("jcstress.log");
    Process stress =
        new ProcessBuilder(command())
            .directory(results.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      long minutes = MODE.equals("quick") ? QUICK_LIMIT_MINUTES : LONG_LIMIT_MINUTES;
      boolean ended = stress.waitFor(minutes, TimeUnit.MINUTES);
      check(ended, ended ? stress.exitValue() : -1, Files.readString(log));
    } finally {
      stress.descendants().forEach(ProcessHandle::destroyForcibly);
      stress.destroyForcibly().waitFor();
    }
  }

  private static void check(boolean ended, int exit, String output) {
    System.out.println(summary(output));
    assertThat(ended).as("jcstress ended:%n%s", output).isTrue();
    assertThat(exit).as("exit of jcstress:%n%s", output).isZero();
    assertThat(output).contains("Failed tests: No matches.", "Error tests: No matches.");
    // Both ways of the race were seen, else the run shows nothing.
    assertThat(output).contains("the encoder was first", "the writer copied the page first");
  }

  private static String summary(String output) {
    int start = output.indexOf("RUN RESULTS:");
    return start < 0 ? "jcstress gave no results" : output.substring(start);
  }

  private List<String> command() throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of("org.openjdk.jcstress.Main", "-v", "-m", MODE));
    command.addAll(List.of("-t", "org.understudy.races", "-r", results.toString()));
    command.addAll(List.of("-strideSize", "64", "-strideCount", "16"));
    // A heap that is touched at every start, and a look for the number of processors, show nothing.
    command.addAll(List.of("-pth", "false"));
    command.addAll(List.of("-c", Integer.toString(Runtime.getRuntime().availableProcessors())));
    if (MODE.equals("quick")) {
      // One configuration, the optimizing compiler alone: it is the one that reorders.
      command.addAll(List.of("-sc", "false", "-f", "1", "-iters", "2", "-time", "100"));
      command.addAll(List.of("-jvmArgs", JVM_ARGUMENTS + " -XX:-TieredCompilation"));
    } else {
      command.addAll(List.of("-jvmArgsPrepend", JVM_ARGUMENTS));
    }
    return command;
  }
}
