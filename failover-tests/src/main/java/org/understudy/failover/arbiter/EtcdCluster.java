package org.understudy.failover.arbiter;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.understudy.failover.process.Await;
import org.understudy.lab.pair.FreePorts;
import org.understudy.lab.vm.Tool;
import org.understudy.node.arbiter.ArbiterCluster;
import org.understudy.node.arbiter.EtcdArbiter;
import org.understudy.node.run.Leftovers;

/** An etcd on loopback, each member a process with a directory of its own. */
public final class EtcdCluster implements AutoCloseable {
  private static final long PATIENCE_MS = 60_000;

  private final Path directory;
  private final List<String> more;
  private final int[] clientPorts;
  private final int[] peerPorts;
  private final Process[] members;

  /** Starts so many members, with more options for each of them. */
  public EtcdCluster(Path directory, int count, String... more) throws IOException {
    this.directory = directory;
    this.more = List.of(more);
    int[] ports = FreePorts.find(2 * count);
    clientPorts = Arrays.copyOf(ports, count);
    peerPorts = Arrays.copyOfRange(ports, count, ports.length);
    members = new Process[count];
    for (int i = 0; i < count; i++) {
      start(i);
    }
  }

  /** Whether this machine has an etcd to start. */
  public static boolean isInstalled() {
    return Tool.exists("etcd");
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
  public void awaitLeader() throws InterruptedException {
    try (EtcdArbiter asker =
        new EtcdArbiter(
            new ArbiterCluster(endpoints(), "/await", "", null, null, Duration.ofSeconds(1)),
            "leader")) {
      Await.until(
          "a leader of the etcd in " + directory,
          PATIENCE_MS,
          () -> {
            try {
              asker.read();
              return true;
            } catch (IOException e) {
              return false;
            }
          });
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
    Tool.run("", List.of("kill", "-" + name, Long.toString(members[i].pid())));
  }

  /** A member that is not running loses all that it had. */
  public void empty(int i) throws IOException {
    if (!Leftovers.deleteTree(data(i))) {
      throw new IOException("cannot remove " + data(i));
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
