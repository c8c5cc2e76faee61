package org.understudy.failover.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.understudy.lab.pair.DemoPair;
import org.understudy.lab.pair.NodeProcess;
import org.understudy.lab.pair.PairSettings;
import org.understudy.node.program.ExitCode;

/** Machines that are other than the demo's: firmware is all that they run. */
@Timeout(300)
class VmPairTest {
  private static final long TIMEOUT_MS = 120_000;
  private static final int DISK_BYTES = 4 << 20;
  private static final List<String> BRIDGES = List.of("ustest0", "ustest1");

  private static final List<String> SEVERAL_OF_EVERYTHING =
      List.of(
          "guest.type = vm",
          "vm.accelerator = tcg",
          "vm.machine = pc-q35-7.2",
          "vm.cpus = 2",
          "vm.disks = [{ id = root, file = ${node.directory}\"/root.raw\", size = 4 MiB },"
              + " { id = data, file = ${node.directory}\"/data.raw\" }]",
          "vm.nics = [{ id = lan, mac = \"52:54:00:77:01:01\", bridge = ustest0 },"
              + " { id = wan, mac = \"52:54:00:77:01:02\", bridge = ustest1 }]");

  @TempDir Path directory;
  private DemoPair pair;

  @BeforeEach
  void prepare() throws Exception {
    Qemu.assumeInstalled();
    assumeTrue(new File("/dev/net/tun").canWrite(), "taps need /dev/net/tun and root");
    for (String bridge : BRIDGES) {
      run("ip", "link", "add", bridge, "type", "bridge");
      run("ip", "link", "set", bridge, "up");
    }
    pair =
        new DemoPair(directory, new PairSettings("understudy", 32L << 20, SEVERAL_OF_EVERYTHING));
  }

  @AfterEach
  void endAll() throws Exception {
    if (pair != null) {
      pair.close();
    }
    for (String bridge : BRIDGES) {
      run("ip", "link", "del", bridge);
    }
  }

  @Test
  void shouldTakeOverAMachineWithSeveralProcessorsDisksAndInterfaces() throws Exception {
    byte[] root = disk("a", "root", DISK_BYTES);
    byte[] data = disk("a", "data", 2 * DISK_BYTES);
    emptyDisk("b", "data", 2 * DISK_BYTES);
    pair.startPrimary(List.of());
    pair.startBackup();
    pair.awaitProtected(TIMEOUT_MS, line -> {});
    assertThat(file("b", "root")).hasBinaryContent(root);
    assertThat(file("b", "data")).hasBinaryContent(data);

    pair.primary().kill();
    awaitTakeover(pair.backup());
    pair.rolesChanged();
    pair.startBackup();
    pair.awaitProtected(TIMEOUT_MS, line -> {});
    assertThat(pair.primary().status().orElseThrow().takeovers()).hasSize(1);
    assertThat(pair.primary().output())
        .as("what the killed machine's memory still holds is not sent")
        .containsPattern("the backup held \\d+ of \\d+ pages already");
  }

  @Test
  void shouldRefuseABackupWhoseDiskHasAnotherSize() throws Exception {
    disk("a", "root", DISK_BYTES);
    disk("a", "data", DISK_BYTES);
    disk("b", "root", DISK_BYTES);
    disk("b", "data", 2 * DISK_BYTES);
    pair.startPrimary(List.of());
    pair.startBackup();
    assertRefused("data=" + DISK_BYTES + " here, ", "data=" + 2 * DISK_BYTES + " there");

    Files.delete(file("b", "data"));
    pair.startBackup();
    assertRefused("disk data is not there", "no size says how to make " + file("b", "data"));
    assertThat(pair.primary().isAlive()).as("it goes on alone").isTrue();
  }

  private void assertRefused(String... reasons) throws Exception {
    assertThat(pair.backup().awaitExit(TIMEOUT_MS)).isEqualTo(ExitCode.REFUSED);
    assertThat(pair.backup().output()).contains(reasons).doesNotContain("Exception");
  }

  private void awaitTakeover(NodeProcess node) throws InterruptedException {
    Await.until(
        "a takeover",
        TIMEOUT_MS,
        () -> {
          if (!node.isAlive()) {
            throw node.diedError();
          }
          return node.status().filter(s -> !s.takeovers().isEmpty()).isPresent();
        });
  }

  private Path file(String node, String disk) {
    return directory.resolve(node).resolve(disk + ".raw");
  }

  private byte[] disk(String node, String disk, int bytes) throws IOException {
    byte[] content = new byte[bytes];
    new Random(bytes).nextBytes(content);
    Files.createDirectories(directory.resolve(node));
    Files.write(file(node, disk), content);
    return content;
  }

  private void emptyDisk(String node, String disk, int bytes) throws IOException {
    Files.createDirectories(directory.resolve(node));
    try (RandomAccessFile empty = new RandomAccessFile(file(node, disk).toFile(), "rw")) {
      empty.setLength(bytes);
    }
  }

  private static void run(String... command) throws IOException, InterruptedException {
    assertThat(new ProcessBuilder(command).inheritIO().start().waitFor())
        .as(String.join(" ", command))
        .isZero();
  }
}
