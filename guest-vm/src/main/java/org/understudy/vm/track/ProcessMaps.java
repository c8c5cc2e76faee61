package org.understudy.vm.track;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Where a process has what mapped, from {@code /proc/PID/maps}. */
public final class ProcessMaps {
  /**
   * A mapping.
   *
   * @param start first address
   * @param end address after the last
   * @param isShared whether writes reach the file
   * @param offset in the file
   * @param device of the file system, in hexadecimal: {@code major:minor}
   * @param inode of the file; 0 for none
   * @param name of the file, as that process sees it
   */
  public record Mapping(
      long start, long end, boolean isShared, long offset, String device, long inode, String name) {
    /** Its length. */
    public long bytes() {
      return end - start;
    }
  }

  private final List<Mapping> mappings = new ArrayList<>();

  private ProcessMaps() {}

  /** Of a process that lives. */
  public static ProcessMaps of(long pid) {
    try {
      return parse(Files.readAllLines(Path.of("/proc", Long.toString(pid), "maps")));
    } catch (IOException e) {
      throw new TrackingException("cannot read the mappings of process " + pid + ": " + e, e);
    }
  }

  static ProcessMaps parse(List<String> lines) {
    ProcessMaps maps = new ProcessMaps();
    for (String line : lines) {
      // 7f0000000000-7f0002000000 rw-s 00000000 00:1b 42      /dev/shm/guest
      String[] fields = line.split("\\s+", 6);
      int dash = fields[0].indexOf('-');
      maps.mappings.add(
          new Mapping(
              Long.parseUnsignedLong(fields[0].substring(0, dash), 16),
              Long.parseUnsignedLong(fields[0].substring(dash + 1), 16),
              fields[1].endsWith("s"),
              Long.parseUnsignedLong(fields[2], 16),
              fields[3],
              Long.parseLong(fields[4]),
              fields.length < 6 ? "" : fields[5]));
    }
    return maps;
  }

  /** All of them, by address. */
  public List<Mapping> all() {
    return List.copyOf(mappings);
  }

  /** The one mapping of a whole file. */
  Mapping wholeFile(String file, long bytes) {
    List<Mapping> found = mappings.stream().filter(m -> m.name().equals(file)).toList();
    if (found.size() != 1 || found.getFirst().offset() != 0 || found.getFirst().bytes() != bytes) {
      throw new TrackingException(
          "the process should map " + bytes + " bytes of " + file + " once, it has " + found);
    }
    return found.getFirst();
  }

  /** The mapping of this name. */
  Mapping named(String name) {
    return mappings.stream()
        .filter(mapping -> mapping.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new TrackingException("the process has no mapping " + name));
  }
}
