package org.understudy.node.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.understudy.node.config.ConfigLoader;
import org.understudy.node.config.NodeConfig;
import org.understudy.node.program.ExitCode;
import org.understudy.node.program.UserError;

class BudgetTest {
  private static final long MIB = 1 << 20;
  private static final long ANY = Long.MAX_VALUE;

  @TempDir private Path directory;

  private static NodeConfig config(String more) {
    return ConfigLoader.parse(
        """
        node { name = a, role = primary, directory = /tmp/a }
        self { replication = "127.0.0.1:4", monitor = "127.0.0.1:5", front = "127.0.0.1:6" }
        peer { replication = "127.0.0.1:1", monitor = "127.0.0.1:2", front = "127.0.0.1:3" }
        arbiter.dir = /tmp/arbiter
        guest.memory = 100 MiB
        limits { inputLog = 10 MiB, staging = 50 MiB }
        """
            + more);
  }

  @Test
  void shouldGrowWithEverySettingThatBoundsMemory() {
    long before = Budget.of(config("")).memoryBytes();
    assertThat(Budget.of(config("limits.staging = 60 MiB")).memoryBytes())
        .isEqualTo(before + 10 * MIB);
    assertThat(Budget.of(config("limits.inputLog = 30 MiB")).memoryBytes())
        .isEqualTo(before + 20 * MIB);
    assertThat(Budget.of(config("guest.memory = 101 MiB")).memoryBytes())
        .as("the guest and its shadow")
        .isEqualTo(before + 2 * MIB);
    assertThat(Budget.of(config("limits.shadow = 40 MiB")).memoryBytes())
        .isEqualTo(before - 60 * MIB);
    assertThat(Budget.of(config("aeron.termLength = 8 MiB")).sharedBytes())
        .isEqualTo(Budget.of(config("")).sharedBytes() + 48 * MIB);
  }

  @Test
  void shouldHoldExactlyWhatItSaysAndRefuseOneByteLess() {
    Budget budget = Budget.of(config(""));
    HostMemory enough = new HostMemory(budget.memoryBytes(), "x");
    budget.check(enough, budget.sharedBytes(), budget.directBytes());
    refused(
        budget,
        new HostMemory(budget.memoryBytes() - MIB, "/sys/fs/cgroup/memory.max"),
        ANY,
        ANY,
        "of memory",
        "(/sys/fs/cgroup/memory.max): 1.0 MiB are missing; lower guest.memory (100.0");
    refused(
        budget,
        enough,
        budget.sharedBytes() - MIB,
        ANY,
        "of shared memory",
        "1.0 MiB are missing",
        "--shm-size");
    refused(
        budget,
        enough,
        ANY,
        budget.directBytes() - MIB,
        "of direct memory",
        "-XX:MaxDirectMemorySize=" + budget.directBytes() / MIB + "m");
  }

  private static void refused(
      Budget budget, HostMemory memory, long shared, long direct, String... words) {
    assertThatThrownBy(() -> budget.check(memory, shared, direct))
        .isInstanceOfSatisfying(
            UserError.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.REFUSED))
        .message()
        .contains(words)
        .hasLineCount(1);
  }

  @Test
  void shouldSayTheSumAndItsPartsInOneLine() {
    Budget budget = Budget.of(config(""));
    assertThat(budget.describe(new HostMemory(8L << 30, "x"), 64 * MIB, 1024))
        .startsWith("budget: at most ")
        .contains(
            "guest 100.0 MiB", "shadow 100.0 MiB", "heap ", "staging 50.0 MiB", "link 60.3 MiB")
        .contains("), 8.0 GiB available; 60.3 MiB of it shared, 64.0 MiB free; up to 10128")
        .hasLineCount(1);
  }

  @Test
  void shouldCountTheMemoryOfAMachineAsShared() {
    String vm = "guest.type = vm\nvm.kernel = /k\n";
    assertThat(Budget.of(config(vm)).sharedBytes())
        .isEqualTo(Budget.of(config("")).sharedBytes() + 100 * MIB);
  }

  @Test
  void shouldReadTheLimitOfDescriptors() throws IOException {
    Path limits = directory.resolve("limits");
    Files.writeString(limits, "Max open files            1024                 4096       files\n");
    assertThat(Budget.descriptorLimit(limits)).isEqualTo(1024);
    assertThat(Budget.descriptorLimit(directory.resolve("none"))).isEqualTo(ANY);
  }
}
