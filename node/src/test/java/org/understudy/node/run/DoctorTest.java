package org.understudy.node.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.understudy.node.config.ConfigLoader;
import org.understudy.node.config.NodeConfig;
import org.understudy.node.run.Doctor.Finding;
import org.understudy.node.run.Doctor.Verdict;
import org.understudy.node.seal.KeyFile;
import org.understudy.node.seal.PairKey;

class DoctorTest {
  @TempDir private Path directory;

  private NodeConfig config(String more) {
    return ConfigLoader.parse(
        """
        node { name = a, role = primary, directory = /tmp/a }
        self { replication = "127.0.0.1:4", monitor = "127.0.0.1:5", front = "127.0.0.1:6" }
        peer { replication = "127.0.0.1:1", monitor = "127.0.0.1:2", front = "127.0.0.1:3" }
        arbiter.dir = "%s"
        guest.memory = 16 MiB
        """
                .formatted(directory.resolve("arbiter"))
            + more);
  }

  private static Finding of(List<Finding> findings, String what) {
    return findings.stream().filter(f -> f.what().equals(what)).findAny().orElseThrow();
  }

  @Test
  void shouldHaveARemedyForWhateverIsNotWell() throws IOException {
    List<Finding> findings = Doctor.examine(config(""));
    assertThat(findings)
        .extracting(Finding::what)
        .contains(
            "JDK",
            "kernel",
            "descriptors",
            "/dev/shm",
            "memory",
            "socket buffers",
            "userfaultfd",
            "ptrace",
            "QEMU",
            "arbiter",
            "wire",
            "save",
            "kept memory");
    assertThat(findings)
        .allSatisfy(f -> assertThat(f.remedy().isEmpty()).isEqualTo(f.verdict() == Verdict.OK));
    assertThat(of(findings, "arbiter").verdict()).isEqualTo(Verdict.OK);
  }

  @Test
  void shouldLookForTheKeyOfThePair() throws IOException {
    Path file = directory.resolve("a-b.key");
    String keys = "wire.keys = [\"" + file + "\"]\n";
    Finding bare = of(Doctor.examine(config("")), "wire");
    assertThat(bare.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(bare.remedy()).contains("understudy keygen a PEER");
    assertThat(of(Doctor.examine(config(keys)), "wire").verdict()).isEqualTo(Verdict.FAIL);
    Finding first = of(Doctor.examine(config(keys + "peer.name = b\n")), "wire");
    assertThat(first.verdict()).as(first.text()).isEqualTo(Verdict.OK);
    assertThat(file).as("looking makes nothing").doesNotExist();
    PairKey key = PairKey.random("a", "b");
    KeyFile.write(file, key);
    assertThat(of(Doctor.examine(config(keys)), "wire").text()).contains(key.id());
    Finding clear = of(Doctor.examine(config("wire.sealed = false\n")), "wire");
    assertThat(clear.verdict()).isEqualTo(Verdict.WARN);
  }

  @Test
  void shouldWarnWhereMemoryCannotBeKept() throws IOException {
    List<Finding> findings = Doctor.examine(config("guest.memory = 4096 GiB\n"));
    assertThat(of(findings, "kept memory").verdict()).isEqualTo(Verdict.WARN);
    assertThat(of(findings, "kept memory").remedy()).contains("enlarge /dev/shm");
  }

  @Test
  void shouldSayWhatIsMissing() throws IOException {
    Path proc = Files.createDirectories(directory.resolve("proc"));
    Files.createDirectories(proc.resolve("sys/kernel/yama"));
    Files.createDirectories(proc.resolve("self"));
    Files.writeString(proc.resolve("sys/kernel/osrelease"), "5.4.0-1-generic\n");
    Files.writeString(proc.resolve("sys/kernel/yama/ptrace_scope"), "3\n");
    Files.writeString(proc.resolve("self/limits"), "Max open files   100   100  files\n");
    Files.writeString(directory.resolve("arbiter"), "a file");
    List<Finding> findings =
        Doctor.examine(
            config("guest.type = vm\nvm.program = /no/qemu\nguest.memory = 4096 GiB\n"), proc);
    for (String what :
        List.of("kernel", "ptrace", "descriptors", "/dev/shm", "memory", "QEMU", "arbiter")) {
      assertThat(of(findings, what).verdict()).as(what).isEqualTo(Verdict.FAIL);
    }
    assertThat(of(findings, "/dev/shm").remedy()).contains("are missing: mount -o remount");
    assertThat(of(findings, "save").verdict()).isEqualTo(Verdict.WARN);
  }
}
