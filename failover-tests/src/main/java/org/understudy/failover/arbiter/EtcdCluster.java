package org.understudy.failover.arbiter;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.understudy.node.arbiter.ArbiterCluster;
import org.understudy.node.arbiter.EtcdArbiter;

/** An etcd on loopback, each member a process with a directory of its own. */
public final class EtcdCluster implements AutoCloseable {
  /** Below the ports that the kernel gives to outgoing connections. */
  private static final int FIRST_PORT = 20_000;

  private static final int LAST_PORT = 32_000;

  private static final long PATIENCE_NS = 60_000_000_000L;

  private final Path directory;
  private final List<String> more;
  private final int[] clientPorts;
  private final int[] peerPorts;
  private final Process[] members;

  /** Starts so many members, with more options for each of them. */
  public EtcdCluster(Path directory, int count, String... more) throws IOException {
    this.directory = directory;
    this.more = List.of(more);
    clientPorts = new int[count];
    peerPorts = new int[count];
    members = new Process[count];
    for (int i = 0; i < count; i++) {
      clientPorts[i] = freePort();
      peerPorts[i] = freePort();
    }
    for (int i = 0; i < count; i++) {
      start(i);
    }
  }

  /** Whether this machine has an etcd to start. */
  public static boolean isInstalled() {
    return Stream.of(System.getenv("PATH").split(":"))
        .anyMatch(place -> Files.isExecutable(Path.of(place, "etcd")));
  }

  private static int freePort() throws IOException {
    while (true) {
      int port = ThreadLocalRandom.current().nextInt(FIRST_PORT, LAST_PORT);
      try {
        new ServerSocket(port, 1, InetAddress.getLoopbackAddress()).close();
        return port;
      } catch (java.net.BindException e) {
        // somebody has it: another one
      }
    }
  }

  private boolean isSealed() {
    return more.contains("--cert-file");
  }

  private String clientUrl(int i) {
    return (isSealed() ? "https://" : "http://") + endpoint(i);
  }

  private String peerUrl(int i) {
    return "http://127.0.0.1:" + peerPorts[i];
  }

  /** Where clients reach a member. */
  public String endpoint(int i) {
    return "127.0.0.1:" + clientPorts[i];
  }

  /** All of them, the first member first. */
  public List<String> endpoints() {
    return IntStream.range(0, members.length).mapToObj(this::endpoint).toList();
  }

  /** Starts one that does not run. */
  public void start(int i) throws IOException {
    String all =
        IntStream.range(0, members.length)
            .mapToObj(each -> "m" + each + "=" + peerUrl(each))
            .collect(Collectors.joining(","));
    List<String> command =
        new ArrayList<>(
            List.of(
                "etcd", "--name", "m" + i, "--data-dir", data(i).toString(), "--logger", "zap"));
    command.addAll(List.of("--listen-client-urls", clientUrl(i)));
    command.addAll(List.of("--advertise-client-urls", clientUrl(i)));
    command.addAll(List.of("--listen-peer-urls", peerUrl(i)));
    command.addAll(List.of("--initial-advertise-peer-urls", peerUrl(i)));
    command.addAll(List.of("--initial-cluster", all, "--initial-cluster-state", "new"));
    command.addAll(more);
    members[i] =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(
                ProcessBuilder.Redirect.appendTo(directory.resolve("m" + i + ".log").toFile()))
            .start();
  }

  /** Returns when a majority answers; plain members only. */
  public void awaitLeader() throws IOException, InterruptedException {
    try (EtcdArbiter asker =
        new EtcdArbiter(
            new ArbiterCluster(endpoints(), "/await", "", null, null, Duration.ofSeconds(1)),
            "leader")) {
      long deadlineNs = System.nanoTime() + PATIENCE_NS;
      while (true) {
        try {
          asker.read();
          return;
        } catch (IOException e) {
          if (System.nanoTime() - deadlineNs >= 0) {
            throw new IOException("no leader, see the logs in " + directory, e);
          }
          Thread.sleep(50);
        }
      }
    }
  }

  private Path data(int i) {
    return directory.resolve("m" + i);
  }

  /** SIGKILL, and waits until it is gone. */
  public void kill(int i) throws InterruptedException {
    members[i].destroyForcibly().waitFor();
  }

  /** SIGSTOP. */
  public void freeze(int i) throws IOException, InterruptedException {
    signal(i, "STOP");
  }

  /** SIGCONT. */
  public void thaw(int i) throws IOException, InterruptedException {
    signal(i, "CONT");
  }

  private void signal(int i, String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, Long.toString(members[i].pid())).start().waitFor();
  }

  /** A member that is not running loses all that it had. */
  public void empty(int i) throws IOException {
    List<Path> entries;
    try (Stream<Path> tree = Files.walk(data(i))) {
      entries = tree.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path entry : entries) {
      Files.delete(entry);
    }
  }

  @Override
  public void close() {
    for (Process member : members) {
      member.destroyForcibly();
      member.onExit().join();
    }
  }
}
