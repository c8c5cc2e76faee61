package org.understudy.protocol.link;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.agrona.IoUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.pair.ownership.NodeId;

/**
 * Names of media driver directories: {@code understudy-aeron-PID-START-INCARNATION}. The process
 * start (milliseconds since 1970) tells a process from another one that got its number later, so
 * that what a killed process left behind can be removed by the next start of any node.
 */
final class DriverDirectory {
  static final String PREFIX = "understudy-aeron-";

  private static final Logger LOG = LoggerFactory.getLogger(DriverDirectory.class);
  private static final Pattern NAME = Pattern.compile(PREFIX + "(\\d+)-(\\d+)-([0-9a-f]+)");

  private DriverDirectory() {}

  static Path of(Path root, NodeId node) {
    ProcessHandle self = ProcessHandle.current();
    return root.resolve(
        PREFIX + self.pid() + "-" + startOf(self) + "-" + Long.toHexString(node.incarnation()));
  }

  /** Removes directories of processes that are gone; returns how many. */
  static int removeLeftovers(Path root) {
    int removed = 0;
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(root, PREFIX + "*")) {
      for (Path entry : entries) {
        Matcher name = NAME.matcher(entry.getFileName().toString());
        if (name.matches() && !isAlive(name.group(1), name.group(2)) && Files.isDirectory(entry)) {
          IoUtil.delete(entry.toFile(), true);
          LOG.info("removed {}, left behind by process {}", entry, name.group(1));
          removed++;
        }
      }
    } catch (IOException e) {
      LOG.warn("cannot look for leftovers in {}: {}", root, e.toString());
    }
    return removed;
  }

  private static boolean isAlive(String pid, String start) {
    try {
      Optional<ProcessHandle> process = ProcessHandle.of(Long.parseLong(pid));
      return process.isPresent()
          && process.get().isAlive()
          && Long.parseLong(start) == startOf(process.get());
    } catch (NumberFormatException e) {
      return true;
    }
  }

  /** Start of a process, 0 where the host does not tell (then only the number counts). */
  private static long startOf(ProcessHandle process) {
    return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
  }
}
