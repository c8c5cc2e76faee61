package org.understudy.failover.vm;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.understudy.lab.pair.NodeProcess;
import org.understudy.lab.vm.ChaosPair;
import org.understudy.node.control.ControlClient;
import org.understudy.node.control.GuestOrder.Wish;
import org.understudy.node.status.NodeState;
import org.understudy.node.status.NodeStatus;

/** Does one fault, up to the point from which the pair is to recover by itself. */
final class VmStrike {
  /** Beyond any time that a machine under load needs; only a failure waits so long. */
  private static final long PATIENCE_MS = 120_000;

  /** The first echo may wait for the guest's address to be found. */
  private static final long SETTLE_MS = 500;

  private final ChaosPair pair;
  private final VmRound round;
  private final NodeProcess primary;
  private final NodeProcess backup;
  private final long generation;

  VmStrike(ChaosPair pair, VmRound round) throws IOException {
    this.pair = pair;
    this.round = round;
    primary = pair.primary();
    backup = pair.backup();
    generation = generation(primary);
  }

  void run() throws IOException, InterruptedException {
    switch (round.fault()) {
      case KILL_PRIMARY -> kill(primary);
      case KILL_BACKUP -> kill(backup);
      case KILL_SYNCING_BACKUP -> killWhileSyncing();
      case KILL_PRIMARY_QEMU -> {
        signal(qemu(primary), "KILL");
        await("the end of the primary", () -> !primary.isAlive());
      }
      case STOP_PRIMARY_QEMU -> {
        signal(qemu(primary), "TERM");
        await("the end of the primary", () -> !primary.isAlive());
      }
      case KILL_WAITING_QEMU -> killWaiting();
      case FREEZE_PRIMARY -> {
        primary.freeze();
        await("a takeover", () -> hasTakenOver(backup));
        primary.signal("CONT");
        await("the end of the old primary", () -> !primary.isAlive());
      }
      case SWITCHOVER -> switchOver();
      case STOP_PRIMARY -> {
        primary.signal("TERM");
        await("a takeover", () -> hasTakenOver(backup));
        await("the end of the old primary", () -> !primary.isAlive());
      }
      case STOP_BOTH -> stopBoth();
      case FREEZE_QEMU -> {
        signal(qemu(primary), "STOP");
        await("a takeover", () -> hasTakenOver(backup));
      }
      case FREEZE_BACKUP -> {
        backup.freeze();
        await(
            "the primary's going solo",
            () -> !primary.isAlive() || generation(primary) > generation);
        backup.signal("CONT");
      }
      case FULL_DISK -> {
        pair.fillBackupVolume();
        await("the primary's going solo", () -> generation(primary) > generation);
        pair.freeVolumes();
      }
      case CUT_LINK -> {
        pair.plugBackup(false);
        await(
            "one that runs the guest alone",
            () -> hasTakenOver(backup) || generation(primary) > generation);
        pair.pause(round.lastsMs());
        pair.plugAll();
      }
      case CUT_LINK_SHORT -> {
        pair.plugBackup(false);
        pair.pause(round.lastsMs());
        pair.plugAll();
      }
      case STALL_PRIMARY -> stall(primary.pid());
      case STALL_BACKUP -> stall(backup.pid());
      case STALL_QEMU -> stall(qemu(primary));
      default -> throw new IllegalStateException("unknown fault " + round.fault());
    }
  }

  private void switchOver() throws IOException, InterruptedException {
    try (EchoProbe echoes = new EchoProbe(ChaosPair.GUEST)) {
      pair.pause(SETTLE_MS + round.lastsMs());
      echoes.onOrder();
      JsonNode said =
          ControlClient.order(Wish.SWITCHOVER, primary.directory(), PATIENCE_MS, step -> {});
      if (!said.path("outcome").asText().equals("moved")) {
        throw new IllegalStateException("not moved: " + said);
      }
      await("the end of the old primary", () -> !primary.isAlive());
      await("the guest's going on", () -> hasTakenOver(backup));
      EchoProbe.Result result = echoes.await();
      System.out.println("    " + result.text().replace('\n', ' '));
      if (result.lost() > 0) {
        throw new IllegalStateException(
            result.lost() + " of " + result.sent() + " frames were lost: " + result.text());
      }
    }
  }

  private void stopBoth() throws IOException, InterruptedException {
    backup.signal("TERM");
    await("the end of the backup", () -> !backup.isAlive());
    await(
        "the primary's going solo",
        () -> status(primary).filter(s -> s.state() == NodeState.SOLO).isPresent());
    primary.signal("TERM");
    await("the end of the primary", () -> !primary.isAlive());
    if (status(primary).filter(s -> s.state() == NodeState.SAVED).isEmpty()) {
      throw new IllegalStateException(
          "the guest is not saved: " + primary.diedError().getMessage());
    }
    pair.pause(round.lastsMs());
    pair.restartPrimary();
    pair.startBackup();
  }

  private void stall(long pid) throws IOException, InterruptedException {
    signal(pid, "STOP");
    pair.pause(round.lastsMs());
    signal(pid, "CONT");
  }

  private void killWhileSyncing() throws IOException, InterruptedException {
    kill(backup);
    pair.startBackup();
    NodeProcess next = pair.backup();
    await(
        "a copy",
        () ->
            status(next)
                .filter(s -> s.state() != NodeState.STARTING && s.state() != NodeState.CONNECTING)
                .isPresent());
    pair.pause(round.lastsMs());
    kill(next);
  }

  private void kill(NodeProcess node) throws IOException, InterruptedException {
    node.kill();
    await("the end of node " + node.name(), () -> !node.isAlive());
  }

  private void killWaiting() throws IOException, InterruptedException {
    long waiting = qemu(backup);
    signal(waiting, "KILL");
    await(
        "another QEMU that waits",
        () -> qemu(backup, handle -> handle.pid() != waiting).isPresent() || !backup.isAlive());
  }

  private void await(String what, Callable<Boolean> condition)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MS);
    try {
      while (!condition.call()) {
        if (System.nanoTime() - deadline > 0) {
          throw new IllegalStateException("waited in vain for " + what);
        }
        pair.pause(5);
      }
    } catch (IOException | InterruptedException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(what + ": " + e.getMessage(), e);
    }
  }

  // ---- what can be seen of a node

  /** Its own status, not that of the process before it. */
  static Optional<NodeStatus> status(NodeProcess node) throws IOException {
    return node.status().filter(status -> status.pid() == node.pid());
  }

  static boolean hasTakenOver(NodeProcess node) throws IOException {
    return status(node)
        .filter(s -> !s.takeovers().isEmpty() && s.takeovers().getFirst().replayedAtUs() > 0)
        .isPresent();
  }

  static long generation(NodeProcess node) throws IOException {
    return status(node).map(s -> s.ownership().generation()).orElse(0L);
  }

  private static long qemu(NodeProcess node) {
    return qemu(node, handle -> true)
        .orElseThrow(() -> new IllegalStateException("node " + node.name() + " has no QEMU"))
        .pid();
  }

  /** The oldest: a throw-away one may run beside it. */
  private static Optional<ProcessHandle> qemu(NodeProcess node, Predicate<ProcessHandle> which) {
    return ProcessHandle.of(node.pid()).stream()
        .flatMap(ProcessHandle::children)
        .filter(child -> child.info().command().orElse("").contains("qemu-system"))
        .filter(which)
        .min(Comparator.comparingLong(ProcessHandle::pid));
  }

  private static void signal(long pid, String name) throws IOException, InterruptedException {
    Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(pid)).inheritIO().start();
    if (kill.waitFor() != 0) {
      throw new IOException("cannot send " + name + " to process " + pid);
    }
  }
}
