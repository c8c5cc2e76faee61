package org.understudy.failover.vm;

import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.understudy.lab.pair.NodeProcess;
import org.understudy.lab.vm.ChaosPair;
import org.understudy.node.status.NodeState;

/** One guest and its clients through a row of faults; after each the pair is protected again. */
final class VmChain {
  /** Beyond any time that a machine under load needs; only a failure waits so long. */
  private static final long PATIENCE_MS = 240_000;

  /** Longer than it takes the nodes to find each other dead. */
  private static final long AFTERMATH_MS = 2_500;

  private static final String GUEST_MAC = "52:54:00:77:00:50";
  private static final String SWITCH = "sw0";

  private final ChaosPair pair;
  private final List<VmRound> plan;
  private final Consumer<String> report;
  private final List<String> failures = new ArrayList<>();
  private MacWatch watch;
  private int takeovers;
  private int woken;
  private int done;

  VmChain(ChaosPair pair, List<VmRound> plan, Consumer<String> report) {
    this.pair = pair;
    this.plan = plan;
    this.report = report;
  }

  /** What is wrong; empty if nothing is. */
  List<String> run(Path directory) throws IOException, InterruptedException {
    try (MacWatch own = new MacWatch(directory.resolve("fdb.log"), GUEST_MAC, SWITCH)) {
      watch = own;
      pair.start(PATIENCE_MS);
      for (VmRound round : plan) {
        if (failures.isEmpty()) {
          run(round);
        }
      }
      if (failures.isEmpty()) {
        failures.addAll(pair.finish());
        report.accept(pair.summary());
      }
      judgePorts();
    } catch (IllegalStateException | org.understudy.node.program.UserError e) {
      failures.add(e.getMessage());
    }
    return failures;
  }

  private void run(VmRound round) throws IOException, InterruptedException {
    pair.pause(round.afterMs());
    NodeProcess before = pair.primary();
    long generation = VmStrike.generation(before);
    long struckNs = System.nanoTime();
    LocalTime struck = LocalTime.now();
    new VmStrike(pair, round).run();
    settle(round.fault());
    if (round.fault().outcome == VmFault.Outcome.ANY) {
      // What follows from it may come a time-out later.
      pair.pause(AFTERMATH_MS);
      settle(round.fault());
    }
    long protectedNs = System.nanoTime();
    while (!pair.isAnsweredSince(protectedNs) && isPatient(protectedNs)) {
      pair.pause(5);
    }
    boolean moved = !pair.primary().name().equals(before.name());
    woken += moved && round.fault().wakesPrimary() ? 1 : 0;
    judge(round.fault(), moved, generation);
    if (!pair.isAnsweredSince(protectedNs)) {
      failures.add("the long-lived connection gets no answers any more");
    }
    failures.addAll(pair.findings());
    done++;
    report.accept(
        String.format(
            "%3d %s %-19s %4d ms after it was protected, %3d ms: %s, protected again after %.1f s,"
                + " longest gap %d ms",
            done,
            struck.truncatedTo(ChronoUnit.MILLIS),
            round.fault(),
            round.afterMs(),
            round.lastsMs(),
            moved ? "taken over" : "goes on",
            (protectedNs - struckNs) / 1e9,
            pair.longestGapNs(struckNs) / 1_000_000));
  }

  private void judge(VmFault fault, boolean moved, long generation) throws IOException {
    if (fault.outcome == VmFault.Outcome.MOVED && !moved) {
      failures.add(fault + ": no takeover");
    }
    if (fault.outcome == VmFault.Outcome.STAYED && moved) {
      failures.add(fault + ": taken over");
    }
    boolean wasUnprotected = VmStrike.generation(pair.primary()) >= generation + 2;
    if (fault.outcome != VmFault.Outcome.ANY && !wasUnprotected) {
      failures.add(fault + ": the register has not changed");
    }
  }

  private static boolean isPatient(long sinceNs) {
    return System.nanoTime() - sinceNs < TimeUnit.MILLISECONDS.toNanos(PATIENCE_MS);
  }

  /** Whatever died is started again as the other one's backup, until the pair is protected. */
  private void settle(VmFault fault) throws IOException, InterruptedException {
    long startNs = System.nanoTime();
    NodeProcess judged = null;
    while (!isProtected()) {
      NodeProcess primary = pair.primary();
      NodeProcess backup = pair.backup();
      if (!primary.isAlive() && !backup.isAlive()) {
        throw new IllegalStateException(
            "both nodes are dead: "
                + primary.diedError().getMessage()
                + "; "
                + backup.diedError().getMessage());
      }
      if (!primary.isAlive() && primary != judged) {
        judged = primary;
        judgeExit(fault, primary);
      }
      if (!primary.isAlive() && VmStrike.hasTakenOver(backup)) {
        takeovers++;
        pair.startNextBackup();
      } else if (!backup.isAlive()) {
        judgeExit(fault, backup);
        pair.startBackup();
      }
      if (!isPatient(startNs)) {
        throw new IllegalStateException(
            fault
                + ": not protected again; primary "
                + describe(primary)
                + ", backup "
                + describe(backup));
      }
      pair.pause(10);
    }
  }

  private void judgeExit(VmFault fault, NodeProcess node) throws IOException, InterruptedException {
    int code = node.awaitExit(0);
    if (code != 128 + 9 && !fault.allows(code)) {
      failures.add(fault + ": " + node.diedError().getMessage());
    }
  }

  private boolean isProtected() throws IOException {
    return pair.primary().isAlive()
        && pair.backup().isAlive()
        && isProtected(pair.primary(), "primary")
        && isProtected(pair.backup(), "backup");
  }

  private static boolean isProtected(NodeProcess node, String role) throws IOException {
    return VmStrike.status(node)
        .filter(s -> s.state() == NodeState.PROTECTED && s.role().equals(role))
        .isPresent();
  }

  private static String describe(NodeProcess node) throws IOException {
    return node.isAlive()
        ? VmStrike.status(node)
            .map(s -> s.state().word() + " (" + s.reason() + ")")
            .orElse("starting")
        : "dead";
  }

  private void judgePorts() throws IOException {
    if (!watch.isAlive()) {
      failures.add("the switch's table could not be watched");
      return;
    }
    List<MacWatch.Move> moves = watch.moves();
    int extra = Math.max(0, moves.size() - 1 - takeovers);
    // Away from the new node and back to it, once for each.
    if (extra > 2 * woken) {
      failures.add(
          "the guest was heard from both nodes: "
              + moves
              + " in "
              + takeovers
              + " takeovers, and "
              + woken
              + " primaries that woke up after one");
    }
    String ports = moves.stream().map(MacWatch.Move::port).collect(Collectors.joining(", "));
    report.accept(
        takeovers
            + " takeovers, the guest was heard at "
            + ports
            + (extra > 1 ? "; " + extra / 2 + " times by late frames of a woken primary" : ""));
  }
}
