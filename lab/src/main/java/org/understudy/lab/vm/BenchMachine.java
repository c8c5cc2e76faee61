package org.understudy.lab.vm;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.understudy.lab.pair.NodeProcess;
import org.understudy.lab.pair.PairSettings;
import org.understudy.node.program.ExitCode;
import org.understudy.node.program.Shutdown;
import org.understudy.node.program.UserError;
import org.understudy.node.status.NodeState;
import org.understudy.node.status.NodeStatus;

/**
 * The demo's guest for a benchmark: it boots unprotected, and gets a backup when it is asked to, so
 * that both are measured in one boot. Lives in the client's namespace.
 */
public final class BenchMachine implements AutoCloseable {
  private static final long SOLO_CHECK_MS = 20;
  private static final long PROTECT_TIMEOUT_MS = 300_000;
  private static final int HTTP_TIMEOUT_MS = 5_000;

  /** Its disk is there, so that the pauses cut it, and idle. */
  private static final long DISK_BYTES = 64L << 20;

  /**
   * What is to be run.
   *
   * @param name tells the machines of one run apart
   * @param memoryBytes RAM
   * @param accelerator {@code auto}, {@code kvm} or {@code tcg}
   * @param preset preset of both nodes
   * @param orders to the guest, on its kernel command line
   * @param settings further lines of both configuration files
   */
  public record Setup(
      String name,
      long memoryBytes,
      String accelerator,
      String preset,
      List<String> orders,
      List<String> settings) {}

  /** Clients that run. */
  public interface Clients extends AutoCloseable {
    @Override
    void close();
  }

  private final VmPair pair;
  private final Consumer<String> progress;

  private BenchMachine(VmPair pair, Consumer<String> progress) {
    this.pair = pair;
    this.progress = progress;
  }

  /**
   * Boots it without a backup and waits until it answers.
   *
   * @param files directory of the run
   * @param owner process that has made the namespaces
   */
  public static BenchMachine boot(Path files, long owner, Setup setup, Consumer<String> progress)
      throws IOException, InterruptedException {
    Path directory = Files.createDirectories(files.resolve(setup.name()));
    VmDemoOptions options =
        new VmDemoOptions(
            0,
            0,
            setup.memoryBytes(),
            DISK_BYTES,
            setup.accelerator(),
            0,
            new VmDemoOptions.Clients(1, 0, 1),
            false,
            setup.settings());
    GuestImage image = GuestImage.in(files.resolve(VmStage.IMAGE));
    List<String> lines = VmConfigLines.of(options, setup.orders(), image, directory);
    VmPair pair =
        new VmPair(
            directory,
            new VmLayout(new Namespaces(owner)),
            DISK_BYTES,
            new PairSettings(setup.preset(), setup.memoryBytes(), lines));
    BenchMachine machine = new BenchMachine(pair, progress);
    try {
      progress.accept(setup.name() + ": the guest boots");
      pair.startPrimary();
      VmDemoRun.awaitBootId(machine::requirePrimary);
      return machine;
    } catch (IOException | InterruptedException | RuntimeException e) {
      machine.close();
      throw e;
    }
  }

  private void requirePrimary() throws IOException {
    if (!pair.primary().isAlive()) {
      throw pair.primary().diedError();
    }
  }

  /** Adds a backup, waits until the guest is protected, and a moment more. */
  public void protect(long settleMs) throws IOException, InterruptedException {
    pair.startBackup();
    pair.awaitProtected(PROTECT_TIMEOUT_MS, line -> progress.accept("waiting: " + line));
    if (Shutdown.await(settleMs)) {
      throw new UserError(ExitCode.INTERRUPTED, "interrupted");
    }
  }

  /** Ends the backup, waits until the guest is served alone again, and a moment more. */
  public void unprotect(long settleMs) throws IOException, InterruptedException {
    pair.backup().signal("TERM");
    long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PROTECT_TIMEOUT_MS);
    while (pair.primary().status().map(NodeStatus::state).orElse(null) != NodeState.SOLO) {
      requirePrimary();
      if (System.nanoTime() - deadlineNs >= 0) {
        throw new UserError(ExitCode.FAILED, "the primary does not serve alone in time");
      }
      if (Shutdown.await(SOLO_CHECK_MS)) {
        throw new UserError(ExitCode.INTERRUPTED, "interrupted");
      }
    }
    if (Shutdown.await(settleMs)) {
      throw new UserError(ExitCode.INTERRUPTED, "interrupted");
    }
  }

  /** Throws if a node has ended, or if the guest is not protected any more. */
  public void requireProtected() throws IOException, InterruptedException {
    pair.requireAlive();
    pair.awaitProtected(1, line -> {});
  }

  /** The node that runs the guest. */
  public NodeProcess primary() {
    return pair.primary();
  }

  /** The other one; null before there is any. */
  public NodeProcess backup() {
    return pair.backup();
  }

  /** Redis in the guest. */
  public static InetSocketAddress redis() {
    return VmLayout.redis();
  }

  /** What nginx in the guest answers for a path; empty if there is no such page. */
  public static String page(String path) throws IOException {
    try (HttpConnection connection = new HttpConnection(VmLayout.http(), HTTP_TIMEOUT_MS)) {
      HttpConnection.Response response = connection.get(path);
      return response.status() == 200 ? response.text() : "";
    }
  }

  /** Clients of nginx that ask for a page each 20 ms, until this is closed. */
  public static Clients clients(int connections) throws IOException {
    HttpLoad load = new HttpLoad(VmLayout.http(), HTTP_TIMEOUT_MS);
    load.start(connections);
    return load::close;
  }

  @Override
  public void close() {
    pair.close();
  }
}
