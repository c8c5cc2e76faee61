package org.understudy.node.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Files of the kernel, which may be missing or hidden by a container. */
final class ProcFiles {
  private ProcFiles() {}

  /** Lines of a file; none where it cannot be read. */
  static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      return List.of();
    }
  }

  /** The number that a file of one line holds; {@code otherwise} where it holds none. */
  static long number(Path file, long otherwise) {
    List<String> lines = lines(file);
    return lines.isEmpty() ? otherwise : parse(lines.getFirst(), otherwise);
  }

  /** The number after a word at the start of one line of a file. */
  static long field(Path file, String word, long otherwise) {
    for (String line : lines(file)) {
      if (line.startsWith(word)) {
        return parse(line.substring(word.length()).replaceAll("\\D+", " "), otherwise);
      }
    }
    return otherwise;
  }

  private static long parse(String text, long otherwise) {
    try {
      return Long.parseLong(text.strip().split("\\s+", 2)[0]);
    } catch (NumberFormatException e) {
      return otherwise;
    }
  }
}
