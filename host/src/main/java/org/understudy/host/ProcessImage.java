package org.understudy.host;

import static java.lang.foreign.ValueLayout.ADDRESS;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The program that this process runs ({@code execve}). Another one in its place keeps the number of
 * the process, its parent, its environment, what it reads and writes, and the signals it ignores.
 */
public final class ProcessImage {
  private static final Path SELF = Path.of("/proc/self");

  private ProcessImage() {}

  /** With what this process was started, its name first; a character is a byte. */
  public static List<String> arguments() throws IOException {
    return strings("cmdline");
  }

  /**
   * Starts the same program once more in this process. Returns only by an exception, with nothing
   * changed.
   *
   * @param arguments its name first; a character is a byte
   */
  public static void replace(List<String> arguments) throws IOException {
    String program = SELF.resolve("exe").toRealPath().toString();
    List<String> environment = strings("environ");
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment path = arena.allocateFrom(program);
      MemorySegment argv = pointers(arena, arguments);
      MemorySegment envp = pointers(arena, environment);
      LinuxCalls.check(
          LinuxCalls.systemCall(59, 221, path.address(), argv.address(), envp.address(), 0),
          "execve " + program);
    }
  }

  private static List<String> strings(String file) throws IOException {
    String all = Files.readString(SELF.resolve(file), StandardCharsets.ISO_8859_1);
    String[] ended = all.split("\0", -1);
    return new ArrayList<>(List.of(ended).subList(0, ended.length - 1));
  }

  private static MemorySegment pointers(Arena arena, List<String> strings) {
    MemorySegment pointers = arena.allocate(ADDRESS, strings.size() + 1L);
    for (int i = 0; i < strings.size(); i++) {
      pointers.setAtIndex(
          ADDRESS, i, arena.allocateFrom(strings.get(i), StandardCharsets.ISO_8859_1));
    }
    return pointers;
  }
}
