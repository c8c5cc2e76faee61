package org.understudy.failover.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.understudy.node.program.ExitCode;

/** One boot of each kind; {@code build/chaos --vm-boots} does any number. */
@Timeout(300)
class VmBootsTest {
  @TempDir Path directory;

  @Test
  void shouldComeUpProtectedFromTheFirstInstructionAndWithoutABackup() throws Exception {
    Path output = directory.resolve("boots.txt");
    int code = ChaosProcess.run(VmBootsMain.class, output, "--turns=1", "--processors=1");
    String said = Files.readString(output);
    System.out.println(said);
    assumeTrue(code != ExitCode.REFUSED, said);

    assertThat(code).isEqualTo(ExitCode.OK);
    assertThat(said)
        .contains("1 processors: 1 of 1 came up protected, 1 of 1 without a backup")
        .doesNotContain("DOES NOT ANSWER");
  }

  @Test
  void shouldNotCountWhereANodeRefusesTheMachine() throws Exception {
    Path output = directory.resolve("refused.txt");
    int code =
        ChaosProcess.run(VmBootsMain.class, output, "--turns=1", "--set", "vm.cpus=no-number");
    String said = Files.readString(output);
    assumeTrue(code != ExitCode.REFUSED, said);

    assertThat(code).isEqualTo(ExitCode.FAILED);
    assertThat(said).contains("vm.cpus").doesNotContain("came up");
  }
}
