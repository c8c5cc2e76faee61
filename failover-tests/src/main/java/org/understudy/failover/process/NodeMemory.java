package org.understudy.failover.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.understudy.lab.pair.NodeProcess;

/**
 * The most memory that nodes had resident, looked at every few milliseconds: their own and shared
 * memory. Mapped files, the JVM's own code above all, are the kernel's to drop.
 */
final class NodeMemory implements AutoCloseable {
  private static final Pattern BUDGET =
      Pattern.compile("budget: at most ([0-9.]+) (MiB|GiB) of memory");
  private static final long LOOK_MS = 20;

  private final Map<NodeProcess, Long> mostBytes = new ConcurrentHashMap<>();
  private final Thread thread = Thread.ofPlatform().name("memory").daemon().unstarted(this::watch);

  NodeMemory() {
    thread.start();
  }

  /** Looks at this node from now on. */
  void watch(NodeProcess node) throws IOException {
    mostBytes.merge(node, residentBytes(node), Math::max);
  }

  /** The most of this node so far. */
  long mostBytes(NodeProcess node) {
    return mostBytes.get(node);
  }

  private void watch() {
    while (true) {
      for (NodeProcess node : mostBytes.keySet()) {
        try {
          mostBytes.merge(node, residentBytes(node), Math::max);
        } catch (IOException e) {
          continue; // it has ended: what it had before counts
        }
      }
      try {
        Thread.sleep(LOOK_MS);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  /** What it has now; a process that has ended has none, and throws. */
  static long residentBytes(NodeProcess node) throws IOException {
    long bytes = 0;
    for (String line : Files.readAllLines(Path.of("/proc/" + node.pid() + "/status"))) {
      if (line.startsWith("RssAnon:") || line.startsWith("RssShmem:")) {
        bytes += Long.parseLong(line.replaceAll("\\D+", "")) << 10;
      }
    }
    if (bytes == 0) {
      throw new IOException("process " + node.pid() + " has no resident memory");
    }
    return bytes;
  }

  /** What the node itself said at its start that it takes at most. */
  static long printedBytes(NodeProcess node) throws IOException {
    Matcher line = BUDGET.matcher(node.output());
    if (!line.find()) {
      throw new IOException("node " + node.name() + " printed no budget: " + node.output());
    }
    double rough = Double.parseDouble(line.group(1)) - 0.05; // it is rounded
    return (long) (rough * (line.group(2).equals("MiB") ? 1 << 20 : 1 << 30));
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
