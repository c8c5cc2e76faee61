package org.understudy.protocol.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Execution(ExecutionMode.CONCURRENT)
class LinkAllocationTest {
  /**
   * Aeron's sender walks a list with an iterator in each duty cycle. Whether the compiler leaves
   * that one object out differs from one JVM to the next; everything else is ours and never
   * allocates.
   */
  private static final int JVMS = 5;

  private static final String NOTHING = LinkAllocationProbe.RESULT + "0\n";

  @TempDir Path root;

  @Test
  void shouldNotAllocateWhenEpochsAndInputsFlow() throws IOException, InterruptedException {
    String output = "";
    for (int jvm = 0; jvm < JVMS && !output.contains(NOTHING); jvm++) {
      output = probe();
    }
    assertThat(output).contains(NOTHING);
  }

  private String probe() throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(flag -> flag.startsWith("--"))
        .forEach(command::add);
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("java.class.path"),
            LinkAllocationProbe.class.getName(),
            root.toString()));
    Process probe = new ProcessBuilder(command).redirectErrorStream(true).start();
    try {
      String output = new String(probe.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(probe.waitFor()).as(output).isZero();
      return output;
    } finally {
      probe.destroyForcibly();
    }
  }
}
