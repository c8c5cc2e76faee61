package org.understudy.node.demo;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.understudy.node.ExitCode;
import org.understudy.node.Shutdown;
import org.understudy.node.UserError;
import org.understudy.node.config.ConfigLoader;
import org.understudy.node.config.NodeConfig;
import org.understudy.node.config.Units;
import org.understudy.node.run.Preflight;
import org.understudy.node.status.NodeState;
import org.understudy.node.status.NodeStatus;

/** Primary and backup as two processes on loopback, in a directory of their own. */
public final class DemoPair implements AutoCloseable {
  /** Below the range that the kernel gives to outgoing connections, of which the load has many. */
  private static final int FIRST_PORT = 20_000;

  private static final int LAST_PORT = 32_000;
  private static final int PORTS = 6;
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

  private final Path directory;
  private final PairSettings settings;
  private final int[] ports;
  private NodeProcess primary;
  private NodeProcess backup;

  /** A pair that does not run yet, with free ports. */
  public DemoPair(Path directory, PairSettings settings) throws IOException {
    this.directory = directory;
    this.settings = settings;
    this.ports = freePorts();
    Files.createDirectories(directory);
  }

  /** Writes both configurations and starts both nodes. */
  public void start() throws IOException {
    Path primaryFile = write("primary", "a", 0, 3);
    Path backupFile = write("backup", "b", 3, 0);
    NodeConfig config = ConfigLoader.load(primaryFile, List.of());
    ConfigLoader.load(backupFile, List.of());
    Preflight.memory(2 * Preflight.neededBytes(config) + Preflight.JVM_BYTES);
    backup = NodeProcess.start("b", directory.resolve("b"), backupFile);
    primary = NodeProcess.start("a", directory.resolve("a"), primaryFile);
  }

  private Path write(String role, String name, int self, int peer) throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add("node { name = " + name + ", role = " + role + ", pair = demo }");
    lines.add("node.directory = \"" + directory.resolve(name) + "\"");
    lines.add("arbiter.dir = \"" + directory.resolve("arbiter") + "\"");
    lines.add(endpoints("self", self));
    lines.add(endpoints("peer", peer));
    lines.add("guest.memory = " + settings.memoryBytes() + " B");
    lines.add("preset = " + settings.preset());
    lines.addAll(settings.more());
    return Files.write(directory.resolve(role + ".conf"), lines);
  }

  private String endpoints(String group, int first) {
    return group
        + " { replication = \"127.0.0.1:"
        + ports[first]
        + "\", monitor = \"127.0.0.1:"
        + ports[first + 1]
        + "\", front = \"127.0.0.1:"
        + ports[first + 2]
        + "\" }";
  }

  /**
   * Waits until both nodes say that the guest is protected.
   *
   * @param progress takes one line about each second
   */
  public void awaitProtected(long timeoutMs, Consumer<String> progress)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
    long nextLine = System.nanoTime();
    while (!isProtected(primary.status()) || !isProtected(backup.status())) {
      requireAlive();
      if (System.nanoTime() > deadline) {
        throw new UserError(
            ExitCode.FAILED,
            "the pair is not protected after " + timeoutMs / 1000 + " s: " + progressLine());
      }
      if (System.nanoTime() > nextLine) {
        nextLine += TimeUnit.SECONDS.toNanos(1);
        progress.accept(progressLine());
      }
      if (Shutdown.await(10)) {
        throw new UserError(ExitCode.INTERRUPTED, "interrupted");
      }
    }
  }

  private void requireAlive() throws IOException {
    if (!primary.isAlive()) {
      throw primary.diedError();
    }
    if (!backup.isAlive()) {
      throw backup.diedError();
    }
  }

  private static boolean isProtected(Optional<NodeStatus> status) {
    return status.isPresent() && status.get().state() == NodeState.PROTECTED;
  }

  private String progressLine() throws IOException {
    return "primary " + describe(primary.status()) + ", backup " + describe(backup.status());
  }

  private static String describe(Optional<NodeStatus> status) {
    if (status.isEmpty()) {
      return "starting";
    }
    NodeStatus.Sync sync = status.get().sync();
    String state = status.get().state().word();
    if (status.get().state() != NodeState.SYNCING || sync.totalBytes() == 0) {
      return state;
    }
    return String.format(
        "%s, round %d, %s of %s left, %s/s",
        state,
        sync.round(),
        Units.roughSize(sync.remainingBytes()),
        Units.roughSize(sync.totalBytes()),
        Units.roughSize(sync.bytesPerSecond()));
  }

  /** The node that started as primary. */
  public NodeProcess primary() {
    return primary;
  }

  /** The node that started as backup. */
  public NodeProcess backup() {
    return backup;
  }

  /** Front of the node that started as primary. */
  public InetSocketAddress primaryFront() {
    return new InetSocketAddress(LOOPBACK, ports[2]);
  }

  /** Front of the node that started as backup. */
  public InetSocketAddress backupFront() {
    return new InetSocketAddress(LOOPBACK, ports[5]);
  }

  private static int[] freePorts() throws IOException {
    int[] found = new int[PORTS];
    int count = 0;
    for (int attempt = 0; count < PORTS; attempt++) {
      if (attempt == 1000) {
        throw new IOException("no free ports between " + FIRST_PORT + " and " + LAST_PORT);
      }
      int port = ThreadLocalRandom.current().nextInt(FIRST_PORT, LAST_PORT);
      if (isFree(port) && java.util.Arrays.stream(found).noneMatch(other -> other == port)) {
        found[count++] = port;
      }
    }
    return found;
  }

  private static boolean isFree(int port) {
    try (ServerSocket tcp = new ServerSocket(port, 1, LOOPBACK);
        DatagramSocket udp = new DatagramSocket(port, LOOPBACK)) {
      return tcp.isBound() && udp.isBound();
    } catch (IOException e) {
      return false;
    }
  }

  /** Ends what still runs. */
  @Override
  public void close() {
    if (primary != null) {
      primary.close();
    }
    if (backup != null) {
      backup.close();
    }
  }
}
