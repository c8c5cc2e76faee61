package org.understudy.node.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostMemoryTest {
  private static final long MIB = 1 << 20;

  @TempDir private Path root;
  private Path proc;
  private Path groups;

  @BeforeEach
  void host() throws IOException {
    proc = Files.createDirectories(root.resolve("proc/self")).getParent();
    groups = Files.createDirectories(root.resolve("cgroup"));
    Files.writeString(proc.resolve("meminfo"), "MemTotal: 10 kB\nMemAvailable:  2048000 kB\n");
  }

  private void group(String path, String limit, long used, long reclaimable) throws IOException {
    Path group = Files.createDirectories(groups.resolve(path));
    Files.writeString(group.resolve("memory.max"), limit + "\n");
    Files.writeString(group.resolve("memory.current"), used + "\n");
    Files.writeString(group.resolve("memory.stat"), "anon 1\ninactive_file " + reclaimable + "\n");
  }

  private HostMemory available(String membership) throws IOException {
    Files.writeString(proc.resolve("self/cgroup"), membership);
    return HostMemory.available(proc, groups);
  }

  @Test
  void shouldTakeWhatTheKernelHasLeftWhereNoGroupLimits() throws IOException {
    group("a", "max", 5, 0);
    assertThat(available("0::/a\n").bytes()).isEqualTo(2_048_000L << 10);
    assertThat(available("").bytes()).isEqualTo(2_048_000L << 10);
    assertThat(HostMemory.available(root.resolve("none"), groups).bytes())
        .isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void shouldTakeTheLeastOfAllGroupsUpToTheRoot() throws IOException {
    group("pod", Long.toString(300 * MIB), 260 * MIB, 20 * MIB);
    group("pod/a", Long.toString(200 * MIB), 50 * MIB, 0);
    HostMemory memory = available("0::/pod/a\n");
    assertThat(memory.bytes()).isEqualTo(60 * MIB);
    assertThat(memory.from()).isEqualTo(groups.resolve("pod/memory.max").toString());
  }

  @Test
  void shouldLookAtTheRootWhereTheGroupOfTheHostCannotBeSeen() throws IOException {
    group("", Long.toString(100 * MIB), 10 * MIB, 0);
    assertThat(available("0::/docker/0123\n").bytes()).isEqualTo(90 * MIB);
    assertThat(available("0::/../other\n").bytes()).isEqualTo(90 * MIB);
  }

  @Test
  void shouldReadTheFirstVersionToo() throws IOException {
    Path group = Files.createDirectories(groups.resolve("memory/a"));
    Files.writeString(group.resolve("memory.limit_in_bytes"), 100 * MIB + "\n");
    Files.writeString(group.resolve("memory.usage_in_bytes"), 50 * MIB + "\n");
    Files.writeString(group.resolve("memory.stat"), "total_inactive_file " + 10 * MIB + "\n");
    assertThat(available("9:cpu,cpuacct:/b\n4:memory:/a\n").bytes()).isEqualTo(60 * MIB);
  }
}
