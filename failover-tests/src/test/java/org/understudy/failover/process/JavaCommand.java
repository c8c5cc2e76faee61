package org.understudy.failover.process;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.understudy.node.program.Relaunch;

/** A program of this build, as its launcher starts it. */
public final class JavaCommand {
  private JavaCommand() {}

  /**
   * The command, to which arguments are added.
   *
   * @param temporary where the program keeps what it needs for a while
   */
  public static List<String> of(Class<?> main, Path temporary) throws IOException {
    List<String> command =
        Relaunch.command(
            List.of(
                "-Dunderstudy.home=" + Path.of("").toAbsolutePath().getParent(),
                "-Djava.io.tmpdir=" + temporary));
    command.add(main.getName());
    return command;
  }
}
