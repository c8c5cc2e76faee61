package org.understudy.vm.attach;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.understudy.vm.track.ProcessMaps;
import org.understudy.vm.track.ProcessMaps.Mapping;

/** Where a process has the guest's RAM. */
final class ObservedMemory {
  private static final String MEMFD = "/memfd:";
  private static final int KIB = 1024;

  private ObservedMemory() {}

  /** The one shared mapping of that size; null where there is none or more than one. */
  static AttachFacts.Mapping of(long pid, long bytes) {
    List<Mapping> found =
        ProcessMaps.of(pid).all().stream()
            .filter(Mapping::isShared)
            .filter(mapping -> mapping.bytes() == bytes && mapping.offset() == 0)
            .filter(mapping -> mapping.inode() != 0)
            .toList();
    if (found.size() != 1) {
      return null;
    }
    try {
      Mapping mapping = found.getFirst();
      return new AttachFacts.Mapping(
          mapping.name(),
          fileSystem(pid, mapping),
          pageBytes(pid, mapping),
          descriptor(pid, mapping));
    } catch (IOException e) {
      throw new AttachException(
          "the memory of process " + pid + " cannot be looked at: " + e.getMessage(), e);
    }
  }

  private static String fileSystem(long pid, Mapping mapping) throws IOException {
    if (mapping.name().startsWith(MEMFD)) {
      return "memfd";
    }
    String[] device = mapping.device().split(":");
    String wanted = Integer.parseInt(device[0], 16) + ":" + Integer.parseInt(device[1], 16);
    for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/mountinfo"))) {
      // 36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw
      if (line.split(" ")[2].equals(wanted)) {
        return line.substring(line.indexOf(" - ") + 3).split(" ")[0];
      }
    }
    return "an unknown file system";
  }

  private static long pageBytes(long pid, Mapping mapping) throws IOException {
    String start = Long.toHexString(mapping.start()) + "-";
    boolean isIt = false;
    for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/smaps"))) {
      if (line.matches("[0-9a-f]+-[0-9a-f]+ .*")) {
        isIt = line.startsWith(start) || line.replaceFirst("^0+", "").startsWith(start);
      } else if (isIt && line.startsWith("KernelPageSize:")) {
        return Long.parseLong(line.split("\\s+")[1]) * KIB;
      }
    }
    throw new IOException("no page size of " + mapping.name());
  }

  /** The name may lead elsewhere here, or nowhere: a memfd has none, a file may be removed. */
  private static Path descriptor(long pid, Mapping mapping) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(Path.of("/proc/" + pid + "/fd"))) {
      for (Path file : files) {
        if (leadsTo(file, mapping)) {
          return file;
        }
      }
    }
    return null;
  }

  private static boolean leadsTo(Path descriptor, Mapping mapping) {
    try {
      return Files.readSymbolicLink(descriptor).toString().equals(mapping.name())
          && ((Number) Files.getAttribute(descriptor, "unix:ino")).longValue() == mapping.inode();
    } catch (IOException e) {
      return false; // closed meanwhile, or nothing that has a number
    }
  }
}
