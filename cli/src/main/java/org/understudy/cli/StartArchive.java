package org.understudy.cli;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import org.understudy.lab.pair.DemoPair;
import org.understudy.lab.pair.NodeProcess;
import org.understudy.lab.pair.PairSettings;
import org.understudy.node.program.Relaunch;
import org.understudy.node.program.Version;
import org.understudy.node.run.Leftovers;

/**
 * Run by the build: writes the archive of loaded classes from which the JVM of every command starts
 * (class data sharing; <a
 * href="https://docs.oracle.com/en/java/javase/25/vm/class-data-sharing.html">the JDK's guide</a>).
 * In it is what a pair of nodes loads until it is protected, and every class of ours. The JVM looks
 * at each start whether the jars are those of the archive, and reads the jars where they are not.
 *
 * <p>The older, static form: the JDK's newer ones refuse a program that adds the vector module.
 */
public final class StartArchive {
  private static final String ARCHIVE = "understudy.jsa";
  private static final long PAIR_LIMIT_MS = 60_000;
  private static final long STOP_LIMIT_MS = 30_000;
  private static final long DUMP_LIMIT_S = 120;

  private StartArchive() {}

  /**
   * Writes {@code understudy.jsa} into a directory, unless the one there was made of the same jars
   * in {@code lib}. Without an archive everything works, only slower: what goes wrong is told and
   * no more.
   */
  public static void main(String... arguments) throws Exception {
    Path target = Path.of(arguments[0]).toRealPath();
    Path archive = target.resolve(ARCHIVE);
    Path madeOf = target.resolve("understudy-archive.jars");
    List<Path> jars = jars(target.resolve("lib"));
    List<String> description = describe(jars);
    if (Files.exists(archive)
        && Files.exists(madeOf)
        && Files.readAllLines(madeOf).equals(description)) {
      return;
    }
    Files.deleteIfExists(archive);
    Path work = Files.createTempDirectory(target, "archive-");
    try {
      Path list = work.resolve("classes");
      Files.write(list, classes(train(work), jars));
      Path made = work.resolve(ARCHIVE);
      dump(list, made, target.resolve("understudy-archive.log"));
      Files.move(made, archive, StandardCopyOption.ATOMIC_MOVE);
      Files.write(madeOf, description);
    } catch (IOException | RuntimeException e) {
      System.err.println("understudy: no archive of classes, commands start slower: " + e);
    } finally {
      Leftovers.deleteTree(work);
    }
  }

  private static List<Path> jars(Path lib) throws IOException {
    List<Path> jars = new ArrayList<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(lib, "*.jar")) {
      found.forEach(jars::add);
    }
    return jars;
  }

  /** What the JVM compares, its own version included. */
  private static List<String> describe(List<Path> jars) throws IOException {
    List<String> lines = new ArrayList<>(List.of(Runtime.version().toString()));
    for (Path jar : jars) {
      lines.add(jar + " " + Files.size(jar) + " " + Files.getLastModifiedTime(jar));
    }
    return lines;
  }

  /** Has a pair come up and end; the lists of classes that its nodes loaded. */
  private static List<Path> train(Path work) throws IOException, InterruptedException {
    Path ofBackup = work.resolve("backup.list");
    Path ofPrimary = work.resolve("primary.list");
    PairSettings settings = new PairSettings("understudy", 64L << 20, List.of());
    try (DemoPair pair = new DemoPair(work.resolve("pair"), settings)) {
      pair.startBackup(listing(ofBackup));
      pair.startPrimary(listing(ofPrimary));
      pair.awaitProtected(PAIR_LIMIT_MS, line -> {});
      requireEnd(pair.backup(), pair.backup().stop(STOP_LIMIT_MS));
      requireEnd(pair.primary(), pair.primary().endGuest(STOP_LIMIT_MS));
    }
    return List.of(ofBackup, ofPrimary);
  }

  private static List<String> listing(Path list) {
    return List.of("env", "JAVA_TOOL_OPTIONS=-XX:DumpLoadedClassList=" + list);
  }

  private static void requireEnd(NodeProcess node, int exitCode) throws IOException {
    if (exitCode < 0) {
      throw new IOException("node " + node.name() + " of the training did not end");
    }
  }

  /** Both lists without the numbers that each gave, and our classes that no node needed yet. */
  private static Set<String> classes(List<Path> lists, List<Path> jars) throws IOException {
    Set<String> classes = new LinkedHashSet<>();
    for (Path list : lists) {
      for (String line : Files.readAllLines(list)) {
        if (!line.startsWith("#") && !line.contains(" source: ")) {
          classes.add(line.replaceFirst(" id: \\d+$", ""));
        }
      }
    }
    String version = "-" + Version.number() + ".jar";
    for (Path jar : jars) {
      if (jar.getFileName().toString().endsWith(version)) {
        addAll(jar, classes);
      }
    }
    return classes;
  }

  private static void addAll(Path jar, Set<String> classes) throws IOException {
    try (JarFile opened = new JarFile(jar.toFile())) {
      opened.stream()
          .map(entry -> entry.getName())
          .filter(name -> name.endsWith(".class") && !name.endsWith("-info.class"))
          .forEach(name -> classes.add(name.substring(0, name.length() - ".class".length())));
    }
  }

  private static void dump(Path list, Path archive, Path log)
      throws IOException, InterruptedException {
    List<String> command =
        Relaunch.command(
            List.of(
                "-Xshare:dump",
                "-XX:SharedClassListFile=" + list,
                "-XX:SharedArchiveFile=" + archive));
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    boolean ended = process.waitFor(DUMP_LIMIT_S, TimeUnit.SECONDS);
    process.destroyForcibly();
    if (!ended || process.waitFor() != 0 || !Files.exists(archive)) {
      throw new IOException("the JVM wrote none; why is in " + log);
    }
  }
}
