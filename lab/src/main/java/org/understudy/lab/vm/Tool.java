package org.understudy.lab.vm;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a program of the system to its end. */
public final class Tool {
  private static final long TIMEOUT_SECONDS = 30;

  private Tool() {}

  /**
   * Runs it with this text as its input.
   *
   * @return what it printed
   * @throws IOException if it is not there, fails, or does not end; its own words are the message
   */
  public static String run(String input, List<String> command)
      throws IOException, InterruptedException {
    Path output = Files.createTempFile("understudy-tool", ".out");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      try (OutputStream in = process.getOutputStream()) {
        in.write(input.getBytes(StandardCharsets.UTF_8));
      } catch (IOException e) {
        // it ended without reading all of it: its exit code tells
      }
      if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException(
            "'" + String.join(" ", command) + "' did not end in " + TIMEOUT_SECONDS + " s");
      }
      String said = Files.readString(output).strip();
      if (process.exitValue() != 0) {
        throw new IOException(
            "'"
                + String.join(" ", command)
                + "' ended with exit code "
                + process.exitValue()
                + (said.isEmpty() ? "" : ": " + said));
      }
      return said;
    } finally {
      Files.deleteIfExists(output);
    }
  }

  /** Where on the path a program is; also in the places of system programs. */
  public static boolean exists(String program) {
    List<String> places = new ArrayList<>();
    places.addAll(List.of(System.getenv().getOrDefault("PATH", "").split(":")));
    places.addAll(List.of("/usr/sbin", "/sbin"));
    return places.stream()
        .filter(place -> !place.isEmpty())
        .anyMatch(place -> Files.isExecutable(Path.of(place, program)));
  }
}
