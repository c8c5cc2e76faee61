package org.understudy.node.run;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A process that holds a node's directory until it is killed. */
final class CrashingNode {
  private CrashingNode() {}

  public static void main(String[] arguments) throws Exception {
    try (RunDirectory directory = RunDirectory.open(Path.of(arguments[0]))) {
      NodeLog.keepLastWords(directory.path(), directory.deadPid());
      System.out.println("there");
      System.in.read();
    }
  }

  /** Starts one in a working directory of its own and returns when it holds its directory. */
  static Process start(Path directory, Path workingDirectory, String... jvmFlags)
      throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
    command.add("-XX:-CreateCoredumpOnCrash");
    command.addAll(List.of(jvmFlags));
    command.addAll(List.of("-cp", absoluteClassPath(), CrashingNode.class.getName()));
    command.add(directory.toString());
    Process process =
        new ProcessBuilder(command)
            .directory(workingDirectory.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    for (String line = ""; !"there".equals(line); line = process.inputReader().readLine()) {
      if (line == null) {
        throw new IllegalStateException("the other process did not start");
      }
    }
    return process;
  }

  private static String absoluteClassPath() {
    List<String> entries = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(":")) {
      entries.add(Path.of(entry).toAbsolutePath().toString());
    }
    return String.join(":", entries);
  }
}
