package org.understudy.node.run;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the JVM writes when it crashes. Where that will be is decided when the process starts, by
 * its working directory or by {@code -XX:ErrorFile}, before it knows its node's directory: so each
 * process notes it there, and the next one brings the report home from wherever it is.
 */
final class CrashReport {
  /** Where the process that runs would leave its report: one path a line, the likely one first. */
  static final String NOTE = "hs_err.path";

  private static final Logger LOG = LoggerFactory.getLogger("understudy.node");

  private CrashReport() {}

  /** For the next start, should this process crash. */
  static void note(Path directory) {
    String pattern =
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
            .getVMOption("ErrorFile")
            .getValue();
    try {
      Files.write(directory.resolve(NOTE), places(pattern, ProcessHandle.current().pid()));
    } catch (IOException e) {
      LOG.warn("cannot note where a crash of this JVM would be told: {}", e.toString());
    }
  }

  /** Where a JVM looks for a place, in its order. */
  private static List<String> places(String pattern, long pid) {
    String file = pattern.replace("%p", Long.toString(pid)).replace("%%", "%");
    Stream<Path> places =
        Stream.of(Path.of(""), Path.of("/tmp")).map(place -> place.resolve(name(pid)));
    return Stream.concat(file.isEmpty() ? Stream.empty() : Stream.of(Path.of(file)), places)
        .map(place -> place.toAbsolutePath().toString())
        .toList();
  }

  private static String name(long pid) {
    return "hs_err_pid" + pid + ".log";
  }

  /** Brings the report of a process that died; empty if it left none. */
  static Optional<Path> keep(Path directory, long deadPid) {
    for (String place : noted(directory, deadPid)) {
      Path report = Path.of(place);
      if (Files.isRegularFile(report)) {
        Path kept = directory.resolve(name(deadPid));
        try {
          Files.move(report, kept, StandardCopyOption.REPLACE_EXISTING);
          return Optional.of(kept);
        } catch (IOException e) {
          return Optional.of(report);
        }
      }
    }
    return Optional.empty();
  }

  private static List<String> noted(Path directory, long deadPid) {
    try {
      return Files.readAllLines(directory.resolve(NOTE));
    } catch (IOException e) {
      return places("", deadPid);
    }
  }
}
