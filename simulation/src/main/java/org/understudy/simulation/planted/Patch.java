package org.understudy.simulation.planted;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One planted error: {@code planted/ID.patch}, lines of {@code key: value} before a diff.
 *
 * @param id name of the file
 * @param rules rules of docs/safety.md that it breaks; none for the mend of a fault
 * @param fault what is wrong with it
 * @param test the test that catches it, or null if seeds of the simulator do
 * @param why why seeds cannot, or null
 * @param diff the change
 */
record Patch(String id, List<String> rules, String fault, Test test, String why, UnifiedDiff diff) {
  /** A test class or method of a module. */
  record Test(String module, String selection) {
    @Override
    public String toString() {
      return selection + " (" + module + ")";
    }
  }

  private static final Set<String> KEYS = Set.of("rule", "fault", "catch", "why");
  private static final Pattern SEEDS = Pattern.compile("seeds");
  private static final Pattern TEST = Pattern.compile("test ([a-z-]+) (\\w+(#\\w+)?)");

  /** All patches of a directory, by name. */
  static List<Patch> readAll(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> file.toString().endsWith(".patch"))
          .sorted()
          .map(Patch::read)
          .toList();
    }
  }

  private static Patch read(Path file) {
    String id = file.getFileName().toString().replaceFirst("\\.patch$", "");
    try {
      return parse(id, Files.readAllLines(file));
    } catch (IOException | IllegalArgumentException e) {
      throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
    }
  }

  /** Reads the lines of a file. */
  static Patch parse(String id, List<String> lines) {
    Map<String, String> header = new LinkedHashMap<>();
    int at = 0;
    for (; at < lines.size() && !lines.get(at).startsWith("--- "); at++) {
      String line = lines.get(at);
      int colon = line.indexOf(": ");
      if (!line.isBlank() && (colon < 0 || !KEYS.contains(line.substring(0, colon)))) {
        throw new IllegalArgumentException("not one of " + KEYS + ": '" + line + "'");
      }
      if (!line.isBlank()) {
        header.put(line.substring(0, colon), line.substring(colon + 2));
      }
    }
    String why = header.get("why");
    Test test = caughtBy(header.getOrDefault("catch", ""));
    if (!header.containsKey("fault")) {
      throw new IllegalArgumentException("'fault: ...' is missing: what is wrong with it");
    }
    if ((test == null) != (why == null)) {
      throw new IllegalArgumentException(
          "'why: ...' says why seeds cannot catch what only a test does, and stands there alone");
    }
    List<String> rules =
        header.containsKey("rule") ? List.of(header.get("rule").split(",\\s*")) : List.of();
    UnifiedDiff diff = UnifiedDiff.parse(lines.subList(at, lines.size()));
    return new Patch(id, rules, header.get("fault"), test, why, diff);
  }

  private static Test caughtBy(String how) {
    var test = TEST.matcher(how);
    if (test.matches()) {
      return new Test(test.group(1), test.group(2));
    }
    if (!SEEDS.matcher(how).matches()) {
      throw new IllegalArgumentException(
          "'catch: " + how + "' must be 'catch: seeds' or 'catch: test MODULE Class#method'");
    }
    return null;
  }

  /** The module whose code it changes. */
  String module() {
    return diff.file().substring(0, diff.file().indexOf('/'));
  }

  /** The changed file's text. */
  String apply(Path root) throws IOException {
    Path file = root.resolve(diff.file());
    if (!Files.isRegularFile(file)) {
      throw new IllegalArgumentException("does not apply: there is no " + diff.file());
    }
    return diff.applyTo(Files.readString(file));
  }
}
