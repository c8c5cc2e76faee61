package org.understudy.lab.bench.serve;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import org.understudy.lab.pair.DemoPair;
import org.understudy.lab.pair.NodeProcess;
import org.understudy.lab.pair.PairLayout;
import org.understudy.lab.pair.PairSettings;
import org.understudy.node.program.ExitCode;
import org.understudy.node.program.Shutdown;
import org.understudy.node.program.UserError;
import org.understudy.node.run.Leftovers;
import org.understudy.node.status.NodeState;
import org.understudy.node.status.NodeStatus;

/** A service that runs alone or protected, in a directory that goes with it. */
public final class BenchPair implements AutoCloseable {
  private static final String PREFIX = "understudy-bench";
  private static final long START_TIMEOUT_MS = 60_000;
  private static final long PROTECT_TIMEOUT_MS = 180_000;

  private final Path directory;
  private final DemoPair pair;

  private BenchPair(Path directory, DemoPair pair) {
    this.directory = directory;
    this.pair = pair;
  }

  /**
   * Starts the service alone and waits until it answers.
   *
   * @param name tells directories of one run apart
   */
  public static BenchPair startAlone(String name, PairSettings settings)
      throws IOException, InterruptedException {
    Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
    Leftovers.removeDead(temporary, PREFIX);
    Path directory = Leftovers.directory(temporary, PREFIX).resolve(name);
    BenchPair started = new BenchPair(directory, new DemoPair(directory, settings));
    try {
      started.pair.startPrimary(List.of());
      started.awaitSolo();
      return started;
    } catch (IOException | InterruptedException | RuntimeException e) {
      started.close();
      throw e;
    }
  }

  private void awaitSolo() throws IOException, InterruptedException {
    long deadline = System.nanoTime() + START_TIMEOUT_MS * 1_000_000;
    while (pair.primary().status().map(NodeStatus::state).orElse(NodeState.STARTING)
            != NodeState.SOLO
        || !answers(pair.primaryFront())) {
      if (!pair.primary().isAlive()) {
        throw pair.primary().diedError();
      }
      if (System.nanoTime() > deadline) {
        throw new UserError(ExitCode.FAILED, "the service does not answer after 60 s");
      }
      if (Shutdown.await(10)) {
        throw new UserError(ExitCode.INTERRUPTED, "interrupted");
      }
    }
  }

  private static boolean answers(InetSocketAddress address) {
    try (Socket socket = new Socket()) {
      socket.connect(address, 1_000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Adds a backup and waits until the service is protected. */
  public void protect() throws IOException, InterruptedException {
    pair.startBackup();
    pair.awaitProtected(PROTECT_TIMEOUT_MS, line -> {});
  }

  /** The primary dies, and the backup goes on alone in its place. */
  public void losePrimary() throws IOException, InterruptedException {
    pair.primary().kill();
    pair.rolesChanged();
    awaitSolo();
  }

  /** Where clients of the service alone connect. */
  public InetSocketAddress aloneFront() {
    return pair.primaryFront();
  }

  /** Where clients of the protected service connect. */
  public InetSocketAddress protectedFront() {
    return pair.backupFront();
  }

  /** Where its nodes listen. */
  PairLayout layout() {
    return pair.layout();
  }

  /** The node that runs the service. */
  public NodeProcess primary() {
    return pair.primary();
  }

  /** The other one. */
  public NodeProcess backup() {
    return pair.backup();
  }

  /** A status of this node that was written after this call. */
  public static NodeStatus freshStatus(NodeProcess node) throws IOException, InterruptedException {
    long afterUs = System.currentTimeMillis() * 1_000;
    long deadline = System.nanoTime() + START_TIMEOUT_MS * 1_000_000;
    while (true) {
      NodeStatus status = node.status().orElse(null);
      // One interval later than asked: what happened until now is in it.
      if (status != null && status.writtenAtUs() > afterUs + 200_000) {
        return status;
      }
      if (!node.isAlive()) {
        throw node.diedError();
      }
      if (System.nanoTime() > deadline) {
        throw new IOException("node " + node.name() + " writes no status");
      }
      if (Shutdown.await(10)) {
        throw new UserError(ExitCode.INTERRUPTED, "interrupted");
      }
    }
  }

  @Override
  public void close() {
    pair.close();
    Leftovers.deleteTree(directory);
    // The directory of the whole run goes with the last pair in it.
    directory.getParent().toFile().delete();
  }
}
