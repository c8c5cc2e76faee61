package org.understudy.node.program;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How this program starts itself, or another main class of it, once more in a new process. */
public final class Relaunch {
  /**
   * Property with the path of the archive of loaded classes that the build leaves beside its {@code
   * lib}. A JVM that begins its class path with {@code lib} takes the classes from there, which
   * saves a third of the processor time until a node is up.
   */
  public static final String ARCHIVE = "understudy.archive";

  private Relaunch() {}

  /** Java with its flags and class path; a main class and its arguments are to follow. */
  public static List<String> command(List<String> flags) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(Version.jvmFlags());
    command.addAll(flags);
    String classPath = System.getProperty("java.class.path");
    Path archive = Path.of(System.getProperty(ARCHIVE, ""));
    if (Files.isRegularFile(archive)) {
      command.add("-D" + ARCHIVE + "=" + archive);
      command.add("-XX:SharedArchiveFile=" + archive.toRealPath());
      command.add("-Xlog:cds=off"); // one that does not fit is no news on stdout
      classPath = startingWith(archive.toRealPath().resolveSibling("lib"), classPath);
    }
    command.addAll(List.of("-cp", classPath));
    return command;
  }

  /** The launcher's class path begins with the libraries already, one of tests does not. */
  private static String startingWith(Path libraries, String classPath) {
    return classPath.startsWith(libraries + File.separator)
        ? classPath
        : libraries.resolve("*") + File.pathSeparator + classPath;
  }
}
