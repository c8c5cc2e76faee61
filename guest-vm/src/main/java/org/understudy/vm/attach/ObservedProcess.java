package org.understudy.vm.attach;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** The process of a QEMU, from {@code /proc}. */
final class ObservedProcess {
  private static final Path PROC = Path.of("/proc");
  private static final Pattern HOST_DEVICE =
      Pattern.compile("/dev/(vhost-.*|vfio/.+|vhost-vdpa-.*|iommu)");

  private ObservedProcess() {}

  /**
   * The process that one of the guest's threads belongs to, if it holds the socket; else 0. QEMU's
   * number of the thread means nothing where it lives in a process namespace of its own.
   */
  static long behind(long thread, Path socket) {
    try {
      long pid = number(PROC.resolve(Long.toString(thread)), "Tgid");
      return holds(pid, socket) ? pid : 0;
    } catch (IOException e) {
      return 0;
    }
  }

  private static boolean holds(long pid, Path socket) throws IOException {
    Set<String> open = new HashSet<>(links(pid));
    String name = socket.getFileName().toString();
    for (String line : Files.readAllLines(PROC.resolve(pid + "/net/unix"))) {
      // ffff8880: 00000002 00000000 00010000 0001 01 23456 /run/vm.qmp
      String[] fields = line.trim().split("\\s+", 8);
      if (fields.length == 8
          && Path.of(fields[7]).endsWith(name)
          && open.contains("socket:[" + fields[6] + "]")) {
        return true;
      }
    }
    return false;
  }

  static AttachFacts.HostProcess of(long pid) {
    try {
      long own = number(PROC.resolve("self"), "Uid");
      if (pid == 0) {
        return new AttachFacts.HostProcess(0, own, own, List.of(), "");
      }
      List<String> devices =
          links(pid).stream().filter(HOST_DEVICE.asMatchPredicate()).distinct().toList();
      long user = number(PROC.resolve(Long.toString(pid)), "Uid");
      return new AttachFacts.HostProcess(pid, user, own, devices, "");
    } catch (IOException e) {
      throw new AttachException("process " + pid + " cannot be looked at: " + e.getMessage(), e);
    }
  }

  private static List<String> links(long pid) throws IOException {
    List<String> links = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(PROC.resolve(pid + "/fd"))) {
      for (Path file : files) {
        try {
          links.add(Files.readSymbolicLink(file).toString());
        } catch (IOException e) {
          // closed meanwhile
        }
      }
    }
    return links;
  }

  private static long number(Path process, String field) throws IOException {
    for (String line : Files.readAllLines(process.resolve("status"))) {
      if (line.startsWith(field + ":")) {
        return Long.parseLong(line.split("\\s+")[1]);
      }
    }
    throw new IOException("no " + field + " in " + process);
  }
}
