package org.understudy.lab.pair;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.understudy.lab.pair.PairLayout.Place;
import org.understudy.node.config.ConfigLoader;
import org.understudy.node.config.NodeConfig;
import org.understudy.node.program.ExitCode;
import org.understudy.node.program.Shutdown;
import org.understudy.node.program.UserError;
import org.understudy.node.run.Budget;
import org.understudy.node.run.Preflight;
import org.understudy.node.status.NodeState;
import org.understudy.node.status.NodeStatus;

/**
 * Primary and backup as two processes, in a directory of their own. After a takeover the survivor
 * is the primary, and a fresh process at the other place becomes its backup.
 */
public final class DemoPair implements AutoCloseable {
  private final PairLayout layout;
  private Place primaryPlace = Place.A;
  private NodeProcess primary;
  private NodeProcess backup;

  /** A pair on loopback that does not run yet, with free ports. */
  public DemoPair(Path directory, PairSettings settings) throws IOException {
    this(new PairLayout(directory, settings));
  }

  /** A pair that does not run yet. */
  public DemoPair(PairLayout layout) {
    this.layout = layout;
  }

  /** Where its nodes live and listen. */
  public PairLayout layout() {
    return layout;
  }

  /** Writes both configurations and starts both nodes. */
  public void start() throws IOException {
    NodeConfig config =
        ConfigLoader.load(layout.write(primaryPlace, NodeConfig.Role.PRIMARY), List.of());
    ConfigLoader.load(layout.write(primaryPlace.other(), NodeConfig.Role.BACKUP), List.of());
    Preflight.memory(2 * Budget.ofNode(config).memoryBytes());
    startBackup();
    primary = start(primaryPlace, NodeConfig.Role.PRIMARY, List.of());
  }

  /** Starts a fresh process as backup of the primary, at the place that has none. */
  public void startBackup() throws IOException {
    startBackup(List.of());
  }

  /**
   * The same, with a command in front of the node's.
   *
   * @param prefix a program that runs the rest of its arguments as a command
   */
  public void startBackup(List<String> prefix) throws IOException {
    backup = start(primaryPlace.other(), NodeConfig.Role.BACKUP, prefix);
  }

  /** Starts a process as primary with a command in front of the node's, and further arguments. */
  public void startPrimary(List<String> prefix, String... arguments) throws IOException {
    primary = start(primaryPlace, NodeConfig.Role.PRIMARY, prefix, arguments);
  }

  private NodeProcess start(
      Place place, NodeConfig.Role role, List<String> prefix, String... arguments)
      throws IOException {
    return NodeProcess.start(
        place.node(), layout.directory(place), layout.write(place, role), prefix, arguments);
  }

  /** The primary is dead and the backup took over: from now on it counts as the primary. */
  public void rolesChanged() {
    primary.close();
    primary = backup;
    backup = null;
    primaryPlace = primaryPlace.other();
  }

  /**
   * Waits until both nodes say that the guest is protected.
   *
   * @param progress takes a line about each second in which there is something new
   */
  public void awaitProtected(long timeoutMs, Consumer<String> progress)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
    long nextLine = System.nanoTime();
    String said = "";
    while (!isProtected()) {
      requireAlive();
      if (System.nanoTime() > deadline) {
        throw new UserError(
            ExitCode.FAILED,
            "the pair is not protected after " + timeoutMs / 1000 + " s: " + progressLine());
      }
      if (System.nanoTime() > nextLine) {
        nextLine += TimeUnit.SECONDS.toNanos(1);
        String line = progressLine();
        if (!line.equals(said)) {
          said = line;
          progress.accept(line);
        }
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

  /** Whether both nodes say so. */
  private boolean isProtected() throws IOException {
    Optional<NodeStatus> ofPrimary = primary.status().filter(DemoPair::saysProtected);
    Optional<NodeStatus> ofBackup = backup.status().filter(DemoPair::saysProtected);
    // Also the file of a process that was killed may say "protected".
    return ofPrimary.isPresent()
        && ofBackup.isPresent()
        && ofPrimary.get().pid() == primary.pid()
        && ofBackup.get().pid() == backup.pid()
        // A status may be written between the new state and the opening of the front.
        && ofBackup.get().front().accepting();
  }

  private static boolean saysProtected(NodeStatus status) {
    return status.state() == NodeState.PROTECTED;
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
    return state + ", " + sync.describe();
  }

  /** The primary of the moment. */
  public NodeProcess primary() {
    return primary;
  }

  /** The backup of the moment; null after a change of roles. */
  public NodeProcess backup() {
    return backup;
  }

  /** Front of the primary: open while it is solo. */
  public InetSocketAddress primaryFront() {
    return layout.front(primaryPlace);
  }

  /** Front of the backup: open while the pair is protected. */
  public InetSocketAddress backupFront() {
    return layout.front(primaryPlace.other());
  }

  /** Ends what still runs; nothing of the guest is kept. */
  @Override
  public void close() {
    for (NodeProcess node : new NodeProcess[] {primary, backup}) {
      if (node != null) {
        node.close();
        node.forgetGuest();
      }
    }
  }
}
