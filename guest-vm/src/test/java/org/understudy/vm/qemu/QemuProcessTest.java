package org.understudy.vm.qemu;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.understudy.vm.Await;
import org.understudy.vm.CountingGuest;
import org.understudy.vm.qmp.QmpRequests;

@Timeout(600)
final class QemuProcessTest {
  /** Field of a process's stat; no part of this command's name has a blank. */
  private static final int SESSION = 5;

  @TempDir Path folder;

  @BeforeEach
  void needQemu() {
    CountingGuest.assumeQemu();
  }

  @Test
  void shouldRunAGuestAndEndItInOrder() throws Exception {
    Path says = folder.resolve("says");
    QemuProcess qemu = start(CountingGuest.config(folder, says));
    try (qemu) {
      Await.until("the guest counts", () -> Files.size(says) > 400);
      assertThat(qemu.qmp().execute(new QmpRequests.QueryStatus(), CountingGuest.TIMEOUT_NS))
          .isEqualTo(new QmpRequests.RunState("running", true));
      assertThat(qemu.qmp().version().major()).isGreaterThanOrEqualTo(7);
    }
    assertThat(qemu.isAlive()).isFalse();
    assertThat(folder.resolve("qmp")).doesNotExist();
    int[] counts = CountingGuest.said(Files.readAllBytes(says));
    for (int i = 0; i < counts.length; i++) {
      assertThat(counts[i]).isEqualTo(i + 1);
    }
  }

  @Test
  void shouldTellWhatQemuSaidWhenItDoesNotStart() throws Exception {
    VmConfig config =
        VmConfig.named("bad")
            .accelerator(Accelerator.TCG)
            .extraArguments("-device", "no-such-device")
            .build();
    assertThatThrownBy(() -> start(config).close())
        .isInstanceOf(QemuException.class)
        .hasMessageContaining("no-such-device");
  }

  @Test
  void shouldTellThatTheProgramIsMissing() {
    VmConfig config =
        VmConfig.named("bad").accelerator(Accelerator.TCG).program("/no/such/qemu").build();
    assertThatThrownBy(() -> start(config).close())
        .isInstanceOf(QemuException.class)
        .hasMessageContaining("/no/such/qemu");
  }

  @Test
  void shouldKillWhatDoesNotOpenItsSocketInTime() {
    Set<ProcessHandle> before = ProcessHandle.current().children().collect(Collectors.toSet());
    List<String> mute = List.of("sleep", "1000");
    assertThatThrownBy(
            () -> QemuProcess.start(mute, folder.resolve("qmp"), event -> {}, 100_000_000).close())
        .isInstanceOf(QemuException.class)
        .hasMessageContaining("in time");
    assertThat(ProcessHandle.current().children().filter(child -> !before.contains(child)))
        .noneMatch(ProcessHandle::isAlive);
  }

  @Test
  void shouldLeaveNoQemuBehindWhenTheNodeIsKilled() throws Exception {
    Process node =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                NodeToKill.class.getName(),
                folder.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (BufferedReader out = node.inputReader()) {
      String line = out.readLine();
      assertThat(line).as("the node started a guest").isNotNull();
      ProcessHandle qemu = ProcessHandle.of(Long.parseLong(line)).orElseThrow();
      Path says = folder.resolve("says");
      long before = Files.size(says);
      Await.until("the guest counts", () -> Files.size(says) > before + 400);
      node.destroyForcibly().waitFor();
      Await.until("QEMU is gone", () -> hasEnded(qemu));
    } finally {
      node.destroyForcibly();
    }
  }

  /** The machine's first process, which inherits it, may not be in a hurry to bury it. */
  private static boolean hasEnded(ProcessHandle process) {
    Path stat = Path.of("/proc/" + process.pid() + "/stat");
    try {
      return !process.isAlive() || Files.readString(stat).contains(") Z ");
    } catch (IOException e) {
      return false; // it goes just now: the next look tells
    }
  }

  @Test
  void shouldNotStartUnderAnotherParent() throws Exception {
    // As if the node had died between the fork and the request for the signal.
    Path mark = folder.resolve("started");
    List<String> orphan = TiedProcess.command(List.of("touch", mark.toString()), 1);
    assertThat(new ProcessBuilder(orphan).start().waitFor()).isNotZero();
    assertThat(mark).doesNotExist();
  }

  /**
   * A Ctrl-C in the terminal goes to all of a session's foreground, and QEMU would end its guest.
   */
  @Test
  void shouldNotShareTheTerminalOfTheNode() throws Exception {
    Process process = TiedProcess.start(List.of("cat", "/proc/self/stat"));
    String[] stat = new String(process.getInputStream().readAllBytes(), US_ASCII).split(" ");
    assertThat(stat[SESSION]).isEqualTo(stat[0]);
  }

  @Test
  void shouldKeepOnlyTheEndOfWhatIsSaid() throws Exception {
    Process process = TiedProcess.start(List.of("seq", "1", "100000"));
    OutputTail words = new OutputTail(process.getInputStream(), "words");
    process.waitFor();
    words.awaitEnd();
    assertThat(words.text())
        .endsWith("99999\n100000")
        .hasSizeLessThanOrEqualTo(OutputTail.MAX_BYTES);
  }

  private QemuProcess start(VmConfig config) {
    VmPlace place =
        new VmPlace(folder.resolve("memory"), folder.resolve("qmp"), Map.of(), Map.of());
    return QemuProcess.start(
        QemuCommandLine.running(config, place),
        place.qmpSocket(),
        event -> {},
        CountingGuest.TIMEOUT_NS);
  }
}
