package org.understudy.failover.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.lab.pair.DemoPair;
import org.understudy.lab.pair.NodeProcess;
import org.understudy.lab.pair.PairSettings;
import org.understudy.lab.vm.ScriptMachine;
import org.understudy.node.config.ConfigLoader;
import org.understudy.node.config.NodeConfig;
import org.understudy.node.control.ControlClient;
import org.understudy.node.control.GuestOrder.Wish;
import org.understudy.node.program.ExitCode;

/**
 * QEMUs as users have them, unpacked by {@code build/qemu}: each with its newest machine type of
 * q35 and two processors. One that cannot be had fails the test with the reason; .ci/run fetches
 * them first.
 */
@Timeout(900)
class QemuVersionsTest {
  private static final long TIMEOUT_MS = 180_000;
  private static final int DISK_BYTES = 4 << 20;
  private static final long MEMORY_BYTES = 32L << 20;

  @TempDir Path directory;
  private DemoPair pair;
  private ScriptMachine machine;

  @AfterEach
  void endAll() throws IOException {
    if (pair != null) {
      pair.close();
    }
    if (machine != null) {
      machine.close();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"7.2", "backports"})
  void shouldProtectAndMoveAMachineThatANodeStarts(String version) throws Exception {
    String program = fetch(version);
    String type = newestQ35(program);
    start(program, type, List.of());
    byte[] content = disk();
    pair.startPrimary(List.of());
    pair.startBackup();
    pair.awaitProtected(TIMEOUT_MS, line -> {});
    assertThat(directory.resolve("b").resolve("root.raw")).hasBinaryContent(content);

    JsonNode moved =
        ControlClient.order(Wish.SWITCHOVER, pair.primary().directory(), TIMEOUT_MS, step -> {});
    assertThat(moved.path("outcome").asText()).as(moved.toString()).isEqualTo("moved");
    assertThat(pair.primary().awaitExit(TIMEOUT_MS)).isEqualTo(ExitCode.MOVED);
    awaitTakeover(pair.backup());
    System.out.println("tried: " + version + " " + type + ", two processors");
  }

  @ParameterizedTest
  @ValueSource(strings = {"7.2", "backports"})
  void shouldProtectAndTakeOverAMachineThatSomethingElseStarts(String version) throws Exception {
    String program = fetch(version);
    String type = newestQ35(program);
    Path qmp = directory.resolve("m.qmp");
    start(program, type, List.of("vm.attach = \"" + qmp + "\""));
    disk();
    pair.startPrimary(List.of());
    pair.startBackup();
    NodeConfig config = ConfigLoader.load(directory.resolve("a-primary.conf"), List.of());
    await(pair.primary(), "disks are served", () -> Files.exists(ScriptMachine.disks(config)));
    Path log = directory.resolve("machine.log");
    machine = ScriptMachine.start(List.of(), config, List.of(), log);
    pair.awaitProtected(TIMEOUT_MS, line -> {});
    assertThat(pair.primary().output()).contains("is attached");

    pair.primary().kill();
    awaitTakeover(pair.backup());
    assertThat(machine.isAlive())
        .as("its output is held, until a node of that place ends it")
        .isTrue();
    System.out.println("tried: " + version + " " + type + ", two processors, attached");
  }

  private void start(String program, String type, List<String> more) throws IOException {
    List<String> settings =
        new ArrayList<>(
            List.of(
                "guest.type = vm",
                // However busy the machine is: nothing here is about silence.
                "detect { timeout = 20 s, primaryTimeout = 30 s }",
                "commit.timeout = 60 s",
                "vm.accelerator = tcg",
                "vm.program = \"" + program + "\"",
                "vm.machine = " + type,
                "vm.cpus = 2",
                "vm.disks = [{ id = root, file = ${node.directory}\"/root.raw\", size = 4 MiB }]"));
    settings.addAll(more);
    pair = new DemoPair(directory, new PairSettings("understudy", MEMORY_BYTES, settings));
  }

  /** The program; what is in the way where it cannot be had. */
  private static String fetch(String version) throws Exception {
    Path home = Path.of("").toAbsolutePath().getParent();
    Process process = new ProcessBuilder(home + "/build/qemu", version).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    String why = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as("QEMU %s is not to be had: %s", version, why).isZero();
    return said.lines().findFirst().orElseThrow();
  }

  /** Such as {@code pc-q35-10.0}: what {@code q35} stands for. */
  private static String newestQ35(String program) throws Exception {
    Process process = new ProcessBuilder(program, "-machine", "help").start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return said.lines()
        .filter(line -> line.startsWith("q35 "))
        .map(line -> line.replaceFirst(".*alias of ([^)]+)\\).*", "$1"))
        .findFirst()
        .orElseThrow();
  }

  private byte[] disk() throws IOException {
    byte[] content = new byte[DISK_BYTES];
    new Random(DISK_BYTES).nextBytes(content);
    Files.createDirectories(directory.resolve("a"));
    Files.write(directory.resolve("a").resolve("root.raw"), content);
    return content;
  }

  private static void awaitTakeover(NodeProcess node) throws InterruptedException {
    await(
        node, "a takeover", () -> node.status().filter(s -> !s.takeovers().isEmpty()).isPresent());
  }

  /** A condition that may fail. */
  private interface Condition {
    boolean holds() throws IOException;
  }

  private static void await(NodeProcess node, String what, Condition condition)
      throws InterruptedException {
    Await.until(
        what,
        TIMEOUT_MS,
        () -> {
          if (!node.isAlive()) {
            throw node.diedError();
          }
          return condition.holds();
        });
  }
}
