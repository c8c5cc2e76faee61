package org.understudy.lab.pair;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.understudy.checkpoint.memory.KeptMemory;
import org.understudy.node.control.ControlClient;
import org.understudy.node.control.GuestOrder.Wish;
import org.understudy.node.program.ExitCode;
import org.understudy.node.program.Relaunch;
import org.understudy.node.program.UserError;
import org.understudy.node.program.Version;
import org.understudy.node.status.NodeStatus;
import org.understudy.node.status.StatusFile;

/** One node of the demo as a process of its own, with the JVM flags of the launcher. */
public final class NodeProcess implements AutoCloseable {
  /** Exit value of a process that died of SIGKILL. */
  static final int KILLED = 128 + 9;

  /** The JVM announces the vector module; that is no word of the node. */
  private static final String JVM_NOTICE = "Using incubator modules";

  private final String name;
  private final Path directory;
  private final Path output;

  /** What earlier processes in this directory have said lies before it. */
  private final int saidBeforeBytes;

  private final Process process;
  private final StatusFile status;

  private NodeProcess(
      String name, Path directory, Path output, int saidBeforeBytes, Process process) {
    this.name = name;
    this.directory = directory;
    this.output = output;
    this.saidBeforeBytes = saidBeforeBytes;
    this.process = process;
    this.status = new StatusFile(directory.resolve("status.json"));
  }

  /**
   * Starts a node.
   *
   * @param directory its {@code node.directory}; its output goes to {@code output.log} there,
   *     behind that of earlier processes; not to {@code node.log}, which is the node's own
   * @param configuration its file
   * @param prefix a program that turns into the command given as its further arguments; usually
   *     empty
   * @param arguments further arguments of {@code understudy node}
   */
  public static NodeProcess start(
      String name, Path directory, Path configuration, List<String> prefix, String... arguments)
      throws IOException {
    Files.createDirectories(directory);
    List<String> command = new ArrayList<>(prefix);
    command.addAll(Relaunch.command(Version.nodeFlags()));
    command.addAll(List.of(Version.mainClass(), "node", "--config", configuration.toString()));
    command.addAll(List.of("--with-parent", Long.toString(ProcessHandle.current().pid())));
    command.addAll(List.of(arguments));
    Path output = directory.resolve("output.log");
    int saidBeforeBytes = (int) output.toFile().length();
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
            .start();
    return new NodeProcess(name, directory, output, saidBeforeBytes, process);
  }

  /** Name of the node. */
  public String name() {
    return name;
  }

  /** Its directory. */
  public Path directory() {
    return directory;
  }

  /** Process id. */
  public long pid() {
    return process.pid();
  }

  /** Whether it runs. */
  public boolean isAlive() {
    return process.isAlive();
  }

  /** Its last status. */
  public Optional<NodeStatus> status() throws IOException {
    return status.read();
  }

  /**
   * Kills it with SIGKILL.
   *
   * @return wall-clock microseconds just before the signal
   */
  public long kill() {
    long atUs = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    process.destroyForcibly();
    return atUs;
  }

  /**
   * Stops it with SIGSTOP.
   *
   * @return wall-clock microseconds just before the signal
   */
  public long freeze() throws IOException, InterruptedException {
    // The shell is there before the signal is sent: to start a process takes milliseconds.
    Process shell =
        new ProcessBuilder("sh", "-c", "read go && kill -STOP " + pid())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    long atUs = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    try (OutputStream go = shell.getOutputStream()) {
      go.write('\n');
    }
    if (shell.waitFor() != 0) {
      throw new IOException("cannot send STOP to node " + name + ", " + pid());
    }
    return atUs;
  }

  /** Waits for its end and tells whether SIGKILL ended it. */
  public boolean diedOfKill(long timeoutMs) throws InterruptedException {
    return awaitExit(timeoutMs) == KILLED;
  }

  /** Waits for its end; its exit code, or -1 if it still runs then. */
  public int awaitExit(long timeoutMs) throws InterruptedException {
    return process.waitFor(timeoutMs, TimeUnit.MILLISECONDS) ? process.exitValue() : -1;
  }

  /** Sends a signal: {@code STOP}, {@code CONT}, {@code TERM} ... */
  public void signal(String name) throws IOException, InterruptedException {
    Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(pid())).inheritIO().start();
    if (kill.waitFor() != 0) {
      throw new IOException("cannot send " + name + " to node " + this.name + ", " + pid());
    }
  }

  /** Everything that this process has said so far, and none before it in its directory. */
  public String output() throws IOException {
    byte[] said = Files.readAllBytes(output);
    return new String(said, saidBeforeBytes, said.length - saidBeforeBytes, StandardCharsets.UTF_8);
  }

  /**
   * Ends the guest that it runs, for good, and waits for the node's own end.
   *
   * @return its exit code, or -1 if it did not end in time
   */
  public int endGuest(long timeoutMs) throws InterruptedException {
    try {
      ControlClient.order(Wish.END, directory, timeoutMs, step -> {});
    } catch (UserError e) {
      System.err.println("understudy: node " + name + " did not end its guest: " + e.getMessage());
    }
    return awaitExit(timeoutMs);
  }

  /**
   * Stops it, as SIGTERM does, and waits for its end: a guest that it runs is handed over first.
   *
   * @return its exit code, or -1 if it did not end in time
   */
  public int stop(long timeoutMs) throws InterruptedException {
    process.destroy();
    return awaitExit(timeoutMs);
  }

  /** An error with the node's last words, for a process that ended too early. */
  public UserError diedError() throws IOException {
    int code = process.exitValue();
    String how =
        code == KILLED
            ? " was killed by SIGKILL; its last words: "
            : " ended with exit code " + code + ": ";
    return new UserError(ExitCode.FAILED, "node " + name + how + lastLine());
  }

  private String lastLine() throws IOException {
    List<String> lines =
        output().lines().filter(line -> !line.isBlank() && !line.contains(JVM_NOTICE)).toList();
    return lines.isEmpty() ? "it said nothing" : lines.getLast();
  }

  /** Whatever is kept of its guest for a return is removed, once nobody has it any more. */
  public void forgetGuest() {
    try {
      String id = status().map(last -> last.ownership().registerId()).orElse("");
      if (!id.isEmpty()) {
        KeptMemory.remove(Long.parseUnsignedLong(id, 16));
      }
    } catch (IOException e) {
      System.err.println("understudy: what is kept of the guest is not known: " + e.getMessage());
    }
  }

  /** Ends it at once if it still runs. */
  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
  }
}
