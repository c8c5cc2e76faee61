package org.understudy.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.understudy.node.run.RunDirectory;
import org.understudy.node.status.NodeStatus;
import org.understudy.node.status.StatusSamples;

/**
 * A process that holds a node's directory and writes its status, as a node does. Each line on its
 * input is a state to be in, or {@code hang}, {@code silent}; the end of input is an orderly end.
 */
final class NodeDouble implements AutoCloseable {
  private static final long INTERVAL_MS = 20;

  private static volatile String state;

  private final Process process;

  private NodeDouble(Process process) {
    this.process = process;
  }

  static NodeDouble start(Path directory, String first) throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                NodeDouble.class.getName(),
                directory.toString(),
                first)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    if (!"there".equals(process.inputReader().readLine())) {
      throw new IllegalStateException("the other process did not start");
    }
    return new NodeDouble(process);
  }

  long pid() {
    return process.pid();
  }

  void say(String line) throws IOException {
    process.outputWriter().write(line + "\n");
    process.outputWriter().flush();
  }

  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  void endInOrder() throws IOException, InterruptedException {
    process.getOutputStream().close();
    process.waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  static NodeStatus status(String state, long writtenAtUs) {
    ObjectMapper json = new ObjectMapper();
    ObjectNode tree = json.valueToTree(StatusSamples.full());
    tree.put("state", state)
        .put("writtenAtUs", writtenAtUs)
        .put("pid", ProcessHandle.current().pid());
    try {
      return json.treeToValue(tree, NodeStatus.class);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  public static void main(String[] arguments) throws Exception {
    BufferedReader orders =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    try (RunDirectory directory = RunDirectory.open(Path.of(arguments[0]))) {
      state = arguments[1];
      write(directory);
      System.out.println("there");
      Thread writer = Thread.ofPlatform().daemon().start(() -> writeOn(directory));
      for (String line = orders.readLine(); line != null; line = orders.readLine()) {
        state = line;
      }
      writer.interrupt();
      writer.join();
    }
  }

  private static void writeOn(RunDirectory directory) {
    try {
      while (true) {
        Thread.sleep(INTERVAL_MS);
        write(directory);
      }
    } catch (InterruptedException e) {
      // the end of input
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void write(RunDirectory directory) throws IOException {
    long nowUs = System.currentTimeMillis() * 1_000;
    switch (state) {
      case "silent" -> {}
      case "hang" -> directory.status().write(status("protected", nowUs - 60_000_000));
      default -> directory.status().write(status(state, nowUs));
    }
  }
}
