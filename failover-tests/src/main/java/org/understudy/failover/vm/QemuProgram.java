package org.understudy.failover.vm;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A QEMU to be tried.
 *
 * @param version its own number, such as 10.0.2
 * @param path its program
 * @param newestTypes what {@code pc} and {@code q35} stand for, its newest ones
 */
record QemuProgram(String version, String path, Map<String, String> newestTypes) {
  /** What build/qemu ends with where a package cannot be fetched. */
  private static final int UNFETCHED = 4;

  private static final Pattern VERSION = Pattern.compile("QEMU emulator version (\\S+)");
  private static final Pattern ALIAS = Pattern.compile("(pc|q35) .*\\(alias of ([^)]+)\\)");

  /** Why there is none, in one line. */
  static final class UnavailableException extends IOException {
    private static final long serialVersionUID = 1L;

    UnavailableException(String message) {
      super(message);
    }
  }

  /** What a program says of itself. */
  static QemuProgram of(String path) throws IOException, InterruptedException {
    Map<String, String> types = new TreeMap<>();
    for (String line : run(line -> {}, path, "-machine", "help")) {
      Matcher alias = ALIAS.matcher(line);
      if (alias.matches()) {
        types.put(alias.group(1), alias.group(2));
      }
    }
    for (String line : run(line -> {}, path, "--version")) {
      Matcher version = VERSION.matcher(line);
      if (version.find() && types.size() == 2) {
        return new QemuProgram(version.group(1), path, types);
      }
    }
    throw new UnavailableException(path + " does not say its version and what pc and q35 are");
  }

  /** One of another version, unpacked by build/qemu. */
  static QemuProgram fetch(Path home, String version, Consumer<String> progress)
      throws IOException, InterruptedException {
    return of(run(progress, script(home), version).getFirst());
  }

  /** Debian's versions of all that can be had, the oldest first. */
  static List<String> available(Path home, Consumer<String> progress)
      throws IOException, InterruptedException {
    return run(progress, script(home), "--list");
  }

  private static String script(Path home) {
    return home.resolve("build").resolve("qemu").toString();
  }

  /**
   * What it printed; what it complains of goes to the progress, and its last word is the reason.
   */
  private static List<String> run(Consumer<String> progress, String... command)
      throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).start();
    List<String> complaints = new ArrayList<>();
    Thread reader =
        Thread.ofVirtual()
            .start(() ->
                process
                    .errorReader()
                    .lines()
                    .forEach(line -> {
                      complaints.add(line);
                      progress.accept(line);
                    }));
    List<String> said;
    try (BufferedReader output = process.inputReader()) {
      said = output.lines().toList();
    }
    int code = process.waitFor();
    reader.join();
    if (code != 0 || said.isEmpty()) {
      String why = complaints.isEmpty() ? "it said nothing" : complaints.getLast();
      throw new UnavailableException(
          code == UNFETCHED ? why : command[0] + " ended with exit code " + code + ": " + why);
    }
    return said;
  }
}
