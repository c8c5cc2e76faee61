package org.understudy.failover.arbiter;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.understudy.failover.process.Await;
import org.understudy.lab.pair.FreePorts;
import org.understudy.lab.vm.Tool;
import org.understudy.node.arbiter.ArbiterCluster;
import org.understudy.node.arbiter.RegisterStore;
import org.understudy.node.arbiter.TlsFiles;
import org.understudy.node.run.Leftovers;
import org.understudy.pair.arbiter.Arbiter;
import org.understudy.pair.ownership.Register;

/** A cluster of an arbiter, each member a process with a directory of its own. */
public abstract class ArbiterMembers implements AutoCloseable {
  /** Tests beside others: of those with members one at a time, and in it one method at a time. */
  static final String LOCK = "members";

  private static final long PATIENCE_MS = 60_000;

  /** Holds a directory and the output of each member. */
  protected final Path directory;

  private final MemberHosts hosts;
  private final int[] ports;
  private final Process[] members;

  /**
   * So many members, none of which runs yet.
   *
   * @param hosts where they live
   * @param portsEach how many ports a member listens at, that of clients among them
   */
  protected ArbiterMembers(Path directory, MemberHosts hosts, int count, int portsEach)
      throws IOException {
    this.directory = directory;
    this.hosts = hosts;
    ports = FreePorts.find(count * portsEach);
    members = new Process[count];
  }

  /** What starts a member in the foreground. */
  protected abstract List<String> command(int member) throws IOException;

  /** A client of its own of one register. */
  public abstract RegisterStore open(ArbiterCluster cluster, String pair);

  /**
   * A client of its own of these members, as somebody.
   *
   * @param user whom to be; empty for nobody
   * @param password file of the user's password; null without a user
   * @param tls how to seal connections; null for plain ones
   */
  final Arbiter openAs(String user, Path password, TlsFiles tls) {
    return open(
        new ArbiterCluster(
            endpoints(), "/site/understudy", user, password, tls, Duration.ofSeconds(5)),
        "pair");
  }

  /** Makes a file with a password that only its owner may read. */
  static Path password(Path file, String text) throws IOException {
    Files.writeString(file, text);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  /** How many there are. */
  public final int count() {
    return members.length;
  }

  /** A member's port of one kind; 0 is that of clients. */
  protected final int port(int kind, int member) {
    return ports[kind * members.length + member];
  }

  /** What a member listens at. */
  protected final String address(int member) {
    return hosts.address(member);
  }

  /** Where clients reach a member. */
  public final String endpoint(int member) {
    return address(member) + ":" + port(0, member);
  }

  /** All of them, the first member first. */
  public final List<String> endpoints() {
    return IntStream.range(0, members.length).mapToObj(this::endpoint).toList();
  }

  /** Where a member keeps what it has. */
  protected final Path data(int member) {
    return directory.resolve("m" + member);
  }

  /** Starts all of them. */
  public final void startAll() throws IOException {
    for (int i = 0; i < members.length; i++) {
      start(i);
    }
  }

  /** Starts one that does not run. */
  public final void start(int member) throws IOException {
    List<String> command = new ArrayList<>(hosts.prefix(member));
    command.addAll(command(member));
    members[member] =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(
                ProcessBuilder.Redirect.appendTo(directory.resolve("m" + member + ".log").toFile()))
            .start();
  }

  /** Returns when a majority answers; plain members only. */
  public final void awaitLeader() throws InterruptedException {
    ArbiterCluster all =
        new ArbiterCluster(endpoints(), "/await", "", null, null, Duration.ofSeconds(1));
    try (Arbiter asker = open(all, "leader")) {
      awaitAnswer(asker);
    }
  }

  /** What it reads once it can: members elect a leader at first, and when theirs is gone. */
  static Register awaitAnswer(Arbiter arbiter) throws InterruptedException {
    AtomicReference<Register> answer = new AtomicReference<>();
    Await.until(
        "an answer of " + arbiter.describe(),
        PATIENCE_MS,
        () -> {
          try {
            answer.set(arbiter.read().orElse(null));
            return true;
          } catch (IOException e) {
            return false;
          }
        });
    return answer.get();
  }

  /** SIGKILL, and waits until it is gone. */
  public final void kill(int member) throws InterruptedException {
    members[member].destroyForcibly().waitFor();
  }

  /** SIGSTOP. */
  public final void freeze(int member) throws IOException, InterruptedException {
    signal(member, "STOP");
  }

  /** SIGCONT. */
  public final void thaw(int member) throws IOException, InterruptedException {
    signal(member, "CONT");
  }

  private void signal(int member, String name) throws IOException, InterruptedException {
    Tool.run("", List.of("kill", "-" + name, Long.toString(members[member].pid())));
  }

  /** A member that is not running loses all that it had. */
  public final void empty(int member) throws IOException {
    if (!Leftovers.deleteTree(data(member))) {
      throw new IOException("cannot remove " + data(member));
    }
  }

  @Override
  public final void close() {
    for (Process member : members) {
      if (member != null) {
        member.destroyForcibly();
        member.onExit().join();
      }
    }
  }
}
