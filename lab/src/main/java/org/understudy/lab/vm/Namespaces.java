package org.understudy.lab.vm;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Network namespaces of one run: {@code us-PID-NAME}, where PID is the process that made them.
 * Those of dead owners are removed by whoever starts next.
 */
final class Namespaces implements AutoCloseable {
  private static final String PREFIX = "us-";
  private static final Pattern NAME = Pattern.compile("us-(\\d{1,10})-[a-z]+");
  private static final Path DIRECTORY = Path.of("/run/netns");

  /** Longest wait for processes that were killed to be gone. */
  private static final long GONE_TIMEOUT_NS = 5_000_000_000L;

  private final long owner;

  /** Namespaces that belong to a process, which need not be this one. */
  Namespaces(long owner) {
    this.owner = owner;
  }

  /** Full name of one of them. */
  String name(String shortName) {
    return PREFIX + owner + "-" + shortName;
  }

  /** Makes one, with its loopback up. */
  void add(String shortName) throws IOException, InterruptedException {
    Tool.run("", List.of("ip", "netns", "add", name(shortName)));
    configure(shortName, List.of("link set lo up"));
  }

  /** Runs commands of {@code ip} in one of them; stops at the first that fails. */
  void configure(String shortName, List<String> lines) throws IOException, InterruptedException {
    Tool.run(String.join("\n", lines) + "\n", List.of("ip", "-n", name(shortName), "-batch", "-"));
  }

  /** What to put in front of a command so that it runs in one of them. */
  List<String> prefix(String shortName) {
    return List.of("ip", "netns", "exec", name(shortName));
  }

  /** Removes all of this owner, with the processes in them. */
  @Override
  public void close() throws IOException {
    for (String name : existing()) {
      if (ownerOf(name) == owner) {
        remove(name);
      }
    }
  }

  /** Removes those whose owner is dead; returns their names. */
  static List<String> removeDead() throws IOException {
    List<String> removed = new ArrayList<>();
    for (String name : existing()) {
      if (isDead(ownerOf(name))) {
        remove(name);
        removed.add(name);
      }
    }
    return removed;
  }

  /** Names of all namespaces that some run made. */
  static List<String> existing() throws IOException {
    TreeSet<String> names = new TreeSet<>();
    if (!Files.isDirectory(DIRECTORY)) {
      return List.of();
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(DIRECTORY, PREFIX + "*")) {
      for (Path entry : entries) {
        String name = entry.getFileName().toString();
        if (NAME.matcher(name).matches()) {
          names.add(name);
        }
      }
    }
    return List.copyOf(names);
  }

  static long ownerOf(String name) {
    Matcher matcher = NAME.matcher(name);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("not a namespace of ours: " + name);
    }
    return Long.parseLong(matcher.group(1));
  }

  /** The id of a dead owner may be that of another program by now: owners are Java programs. */
  private static boolean isDead(long pid) {
    try {
      return !Files.readString(Path.of("/proc", Long.toString(pid), "cmdline")).contains("java");
    } catch (IOException e) {
      return true;
    }
  }

  private static void remove(String name) throws IOException {
    try {
      long deadline = System.nanoTime() + GONE_TIMEOUT_NS;
      // A process that is being killed may have started one more.
      while (killAll(name) && System.nanoTime() < deadline) {
        Thread.sleep(10);
      }
      Tool.run("", List.of("ip", "netns", "delete", name));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while namespace " + name + " was removed", e);
    } catch (IOException e) {
      // Another run that starts now may clean up the same leftover.
      if (Files.exists(DIRECTORY.resolve(name))) {
        throw e;
      }
    }
  }

  /** Whether there was any process left in it. */
  private static boolean killAll(String name) throws IOException, InterruptedException {
    boolean any = false;
    for (String pid : Tool.run("", List.of("ip", "netns", "pids", name)).split("\\s+")) {
      if (!pid.isEmpty()) {
        any = true;
        ProcessHandle.of(Long.parseLong(pid)).ifPresent(ProcessHandle::destroyForcibly);
      }
    }
    return any;
  }
}
