package org.understudy.node.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.understudy.node.config.ConfigError;
import org.understudy.node.config.Units;
import org.understudy.node.program.ExitCode;
import org.understudy.node.program.Shutdown;
import org.understudy.node.program.UserError;
import org.understudy.node.run.NodeSight;
import org.understudy.node.run.NodeSight.Presence;
import org.understudy.node.status.NodeState;
import org.understudy.node.status.StatusFile;
import org.understudy.node.status.StatusText;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Tells what a node on this machine is doing, or that it does nothing any more. */
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    description = {
      "Tells what a node on this machine is doing: role, state and why, whether its guest is"
          + " protected and since when, the register, trouble.",
      "Reads the node's status file and asks its lock whether the process lives; the node itself is"
          + " not disturbed."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:the node runs (and is in the state that was waited for)",
      "2:usage",
      "3:the directory cannot be read",
      "4:no node was ever started there, or it has said nothing yet",
      "7:the node does not run: its process died, has ended, or hangs",
      "10:configuration invalid",
      "124:the state did not come in time"
    })
public final class StatusCommand implements Callable<Integer> {
  private static final long LOOK_MS = 50;

  @ArgGroup(multiplicity = "1")
  private NodePlace where;

  @Option(names = "--json", description = "Print the node's status file as it is.")
  private boolean json;

  @Option(
      names = "--wait",
      paramLabel = "STATE",
      description = "Wait until the node runs and is in this state, for example protected or solo.")
  private String wanted;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      defaultValue = "30 s",
      description = "How long to wait for it; default ${DEFAULT-VALUE}.")
  private String timeout;

  @Override
  public Integer call() throws InterruptedException {
    Path directory = where.directory();
    NodeState state = wanted == null ? null : state(wanted);
    long deadlineNs = System.nanoTime() + timeoutNs();
    NodeSight sight = look(directory);
    while (state != null && !isIn(sight, state) && System.nanoTime() - deadlineNs < 0) {
      if (Shutdown.await(LOOK_MS)) {
        throw new UserError(ExitCode.INTERRUPTED, "interrupted");
      }
      sight = look(directory);
    }
    print(directory, sight);
    if (state != null && !isIn(sight, state)) {
      throw new UserError(
          ExitCode.TIMED_OUT, "the node is not " + state.word() + " after " + timeout);
    }
    return switch (sight.presence()) {
      case NONE, STARTS -> throw new UserError(ExitCode.NO_NODE, nothing(directory, sight));
      case RUNS -> ExitCode.OK;
      case HANGS, ENDED, DIED -> ExitCode.NOT_RUNNING;
    };
  }

  private static boolean isIn(NodeSight sight, NodeState state) {
    return sight.presence() == Presence.RUNS && sight.status().state() == state;
  }

  private static NodeState state(String word) {
    return Arrays.stream(NodeState.values())
        .filter(state -> state.word().equals(word))
        .findFirst()
        .orElseThrow(() ->
            new UserError(
                ExitCode.USAGE,
                "--wait "
                    + word
                    + ": no state of a node; one of "
                    + Arrays.stream(NodeState.values())
                        .map(NodeState::word)
                        .collect(Collectors.joining(", "))));
  }

  private long timeoutNs() {
    try {
      return Units.parseDuration("--timeout", timeout);
    } catch (ConfigError e) {
      throw new UserError(ExitCode.USAGE, e.getMessage(), e);
    }
  }

  private static NodeSight look(Path directory) {
    try {
      return NodeSight.look(directory, nowUs());
    } catch (IOException e) {
      throw new UserError(
          ExitCode.REFUSED,
          "the node in " + directory + " cannot be looked at (" + e + "): only its own user may",
          e);
    }
  }

  private static long nowUs() {
    return TimeUnit.MILLISECONDS.toMicros(System.currentTimeMillis());
  }

  private static String nothing(Path directory, NodeSight sight) {
    return sight.presence() == Presence.STARTS
        ? "the node in " + directory + " starts and has said nothing yet"
        : "no node was ever started in "
            + directory
            + ": there is no "
            + directory.resolve(StatusFile.NAME);
  }

  private void print(Path directory, NodeSight sight) {
    if (sight.status() == null) {
      return;
    }
    if (json) {
      printFile(directory);
      return;
    }
    long nowUs = nowUs();
    boolean isGone = sight.presence() != Presence.RUNS;
    if (isGone) {
      System.out.println(gone(directory, sight));
    }
    StatusText.of(sight.status(), isGone ? sight.status().writtenAtUs() : nowUs)
        .forEach(System.out::println);
    System.out.println("status      written " + StatusText.duration(sight.ageUs()) + " ago");
  }

  private static String gone(Path directory, NodeSight sight) {
    String age = StatusText.duration(sight.ageUs()) + " ago";
    return switch (sight.presence()) {
      case HANGS ->
          "NOT RUNNING: process "
              + sight.status().pid()
              + " lives and has written no status for "
              + StatusText.duration(sight.ageUs())
              + " (stopped, or its disk hangs); this is its last one:";
      case DIED ->
          "NOT RUNNING: the process died without an orderly end; its last words are in "
              + directory.resolve("node.log")
              + "; this was its state "
              + age
              + ":";
      default -> "NOT RUNNING: the process has ended; this was its state " + age + ":";
    };
  }

  private static void printFile(Path directory) {
    try {
      System.out.println(Files.readString(directory.resolve(StatusFile.NAME)));
    } catch (IOException e) {
      throw new UserError(ExitCode.REFUSED, "the status cannot be read: " + e, e);
    }
  }
}
