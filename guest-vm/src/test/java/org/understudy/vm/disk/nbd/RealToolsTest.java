package org.understudy.vm.disk.nbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.understudy.vm.disk.Seeds;

/** Clients that other people wrote. */
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RealToolsTest {
  private static final int SIZE = 64 << 20;

  @TempDir Path directory;
  private ServedDisk served;
  private String uri;

  @BeforeEach
  void serve() throws IOException {
    served =
        new ServedDisk(
            directory, SIZE, NbdSettings.DEFAULT.withHandoverNs(TimeUnit.MINUTES.toNanos(1)));
    uri = "nbd+unix:///disk?socket=" + served.socket;
  }

  @AfterEach
  void close() throws IOException {
    served.close();
    assertThat(served.server.counts().failed()).isZero();
  }

  private String run(String... command) throws IOException, InterruptedException {
    Path program = Path.of("/usr/bin", command[0]);
    assumeTrue(
        Files.isExecutable(program), command[0] + " is missing: install qemu-utils and libnbd-bin");
    Process process = new ProcessBuilder(List.of(command)).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }

  @Test
  void shouldDescribeItselfToNbdinfo() throws Exception {
    String output = run("nbdinfo", uri);
    assertThat(output)
        .contains("newstyle-fixed")
        .contains("export-size: " + SIZE)
        .contains("can_flush: true")
        .contains("can_fua: true")
        .contains("can_trim: true")
        .contains("can_zero: true")
        .contains("block_size_maximum: 33554432");
    assertThat(run("nbdinfo", "--list", uri)).contains("export=\"disk\"");
  }

  @Test
  void shouldDescribeItselfToQemuImg() throws Exception {
    assertThat(run("qemu-img", "info", "-f", "raw", uri)).contains(SIZE + " bytes");
  }

  @Test
  void shouldKeepWhatQemuIoWritesAndClears() throws Exception {
    served.log.startRecording();
    String output =
        run(
            "qemu-io",
            "-f",
            "raw",
            "-t",
            "writeback",
            "-c",
            "write -P 0x5a 0 8M",
            "-c",
            "write -f -P 0x11 1M 512",
            "-c",
            "write -z 2M 64k",
            "-c",
            "write -z -u 3M 1M",
            "-c",
            "discard 4M 1M",
            "-c",
            "flush",
            "-c",
            "read -P 0x5a 0 1M",
            "-c",
            "read -P 0x11 1M 512",
            "-c",
            "read -P 0 2M 64k",
            "-c",
            "read -P 0 3M 2M",
            "-c",
            "read -P 0x5a 5M 3M",
            "-c",
            "read -P 0 8M 32M",
            uri);
    assertThat(output).doesNotContain("fail");
    assertThat(served.log.cut().length()).isGreaterThan(8 << 20);
  }

  @Test
  void shouldTakeAndGiveBackAWholeImage() throws Exception {
    byte[] data = new byte[SIZE];
    Random random = new Random(Seeds.next(getClass()));
    for (int at = 0; at < SIZE; at += 1 << 20) {
      if (random.nextBoolean()) {
        byte[] some = new byte[300_000];
        random.nextBytes(some);
        System.arraycopy(some, 0, data, at, some.length);
      }
    }
    Path source = directory.resolve("source.raw");
    Path back = directory.resolve("back.raw");
    Files.write(source, data);
    run("qemu-img", "convert", "-n", "-f", "raw", "-O", "raw", source.toString(), uri);
    assertThat(Files.mismatch(source, served.file)).isEqualTo(-1);
    run("nbdcopy", uri, back.toString());
    assertThat(Files.mismatch(source, back)).isEqualTo(-1);
    run("nbdcopy", "--flush", "--destination-is-zero", back.toString(), uri);
    assertThat(Files.mismatch(source, served.file)).isEqualTo(-1);
    assertThat(run("qemu-img", "compare", "-f", "raw", "-F", "raw", source.toString(), uri))
        .contains("identical");
  }
}
