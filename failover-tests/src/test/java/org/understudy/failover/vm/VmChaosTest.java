package org.understudy.failover.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.understudy.node.program.ExitCode;

/** A handful of faults on one virtual machine; {@code build/chaos --vm} does any number. */
@Timeout(900)
class VmChaosTest {
  /** Replay with {@code -Dvm.chaos.seed=...}. */
  private static final long SEED = Long.getLong("vm.chaos.seed", System.nanoTime() & 0xFFFFFF);

  private static final List<String> TAKEN_OVER =
      List.of(
          "KILL_PRIMARY",
          "KILL_PRIMARY_QEMU",
          "FREEZE_PRIMARY",
          "SWITCHOVER",
          "STOP_PRIMARY",
          "STOP_PRIMARY_QEMU");

  private static final List<String> OTHERS =
      List.of("KILL_BACKUP", "KILL_WAITING_QEMU", "CUT_LINK", "FULL_DISK", "STOP_BOTH");

  private static final int FAULTS_MADE = 3;

  @TempDir Path directory;

  @Test
  void shouldLoseNothingAndBeProtectedAgainAfterEachFault() throws Exception {
    Path output = directory.resolve("chaos.txt");
    int code =
        ChaosProcess.run(
            VmChaosMain.class,
            output,
            "--rounds=" + FAULTS_MADE,
            "--chain=" + FAULTS_MADE,
            "--faults=" + faults(),
            "--seed=" + SEED);
    String said = Files.readString(output);
    System.out.println(said);
    assumeTrue(code != ExitCode.REFUSED, said);

    assertThat(code).as("seed %d", SEED).isEqualTo(ExitCode.OK);
    assertThat(said).contains("taken over").doesNotContain("FAILED");
    assertThat(said.split("protected again after", -1)).hasSize(FAULTS_MADE + 1);
  }

  /** One after which the backup goes on, and others of all kinds. */
  private static String faults() {
    Random random = new Random(SEED);
    List<String> others = new ArrayList<>(TAKEN_OVER);
    String first = others.remove(random.nextInt(others.size()));
    others.addAll(OTHERS);
    Collections.shuffle(others, random);
    return first + "," + String.join(",", others.subList(0, FAULTS_MADE - 1));
  }
}
