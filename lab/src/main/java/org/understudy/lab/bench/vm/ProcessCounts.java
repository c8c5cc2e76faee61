package org.understudy.lab.bench.vm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.understudy.lab.pair.NodeProcess;

/**
 * What a process holds.
 *
 * @param threads its threads
 * @param descriptors its open files
 * @param residentBytes its resident memory
 * @param sharedBytes the part of it in shared memory: the guest's RAM or its image
 */
record ProcessCounts(long threads, long descriptors, long residentBytes, long sharedBytes) {
  private static final int KIB = 1 << 10;

  static ProcessCounts of(long pid) throws IOException {
    Path process = Path.of("/proc", Long.toString(pid));
    List<String> status = Files.readAllLines(process.resolve("status"));
    return new ProcessCounts(
        field(status, "Threads"),
        entries(process.resolve("fd")),
        KIB * field(status, "VmRSS"),
        KIB * field(status, "RssShmem"));
  }

  /** A number of {@code /proc/PID/status}. */
  static long field(List<String> status, String name) throws IOException {
    for (String line : status) {
      if (line.startsWith(name + ":")) {
        return Long.parseLong(line.substring(name.length() + 1).replace("kB", "").strip());
      }
    }
    throw new IOException("/proc/PID/status has no " + name);
  }

  private static long entries(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.count();
    }
  }

  /** Without the guest's own pages, which a guest touches as it likes. */
  long ownBytes() {
    return residentBytes - sharedBytes;
  }

  /** QEMU of a node: the one that has run longest, as others come and go for trials. */
  static long qemu(NodeProcess node) throws IOException {
    return ProcessHandle.of(node.pid()).stream()
        .flatMap(ProcessHandle::descendants)
        .filter(child -> isQemu(child.pid()))
        .min(Comparator.comparing(child -> child.info().startInstant().orElse(Instant.MAX)))
        .orElseThrow(() -> new IOException("node " + node.name() + " runs no QEMU"))
        .pid();
  }

  private static boolean isQemu(long pid) {
    try {
      return Files.readString(Path.of("/proc", Long.toString(pid), "comm")).startsWith("qemu");
    } catch (IOException e) {
      return false;
    }
  }
}
