package org.understudy.failover.process;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.understudy.node.program.Version;

/** A program of this build, as its launcher starts it. */
public final class JavaCommand {
  private JavaCommand() {}

  /**
   * The command, to which arguments are added.
   *
   * @param temporary where the program keeps what it needs for a while
   */
  public static List<String> of(Class<?> main, Path temporary) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(Version.jvmFlags());
    command.add("-Dunderstudy.home=" + Path.of("").toAbsolutePath().getParent());
    command.add("-Djava.io.tmpdir=" + temporary);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    return command;
  }
}
