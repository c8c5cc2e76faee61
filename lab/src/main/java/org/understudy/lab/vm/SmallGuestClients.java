package org.understudy.lab.vm;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.understudy.lab.judge.HistoryChecker;
import org.understudy.lab.pair.NodeProcess;
import org.understudy.node.program.ExitCode;

/** The demo's clients: redis, nginx, the disk's writer. */
final class SmallGuestClients implements ChaosClients {
  private static final long STOP_TIMEOUT_MS = 30_000;

  private final VmPair pair;
  private final VmLoads loads;
  private final VmResult result = new VmResult();

  SmallGuestClients(VmPair pair, VmDemoOptions options, int patienceMs) throws IOException {
    this.pair = pair;
    loads = new VmLoads(options, patienceMs);
    result.hasDisk = true;
    result.killsAsked = 0;
  }

  @Override
  public void start() throws IOException, InterruptedException {
    result.bootIdBefore = VmDemoRun.awaitBootId(pair::requireAlive);
    loads.start();
  }

  @Override
  public void pause(long ms) throws InterruptedException {
    loads.pause(ms);
  }

  @Override
  public boolean isAnsweredSince(long instantNs) {
    return loads.probe().arrivals().isAnsweredSince(instantNs);
  }

  @Override
  public List<String> findings() {
    return loads.probe().tally().findings();
  }

  @Override
  public long longestGapNs(long sinceNs) {
    return loads.probe().arrivals().longestGapNs(sinceNs, System.nanoTime());
  }

  /** Every reply, the guest's boot id, every record on both disks. */
  @Override
  public List<String> finish() throws IOException, InterruptedException {
    loads.finish(result);
    result.bootIdAfter = VmDemoRun.awaitBootId(pair::requireAlive);
    result.base.sent = loads.redis().progress().sent();
    result.base.brokenConnections = loads.redis().progress().brokenConnections();
    result.base.verdict = HistoryChecker.check(loads.redis().history());
    requireOk(pair.backup(), pair.backup().stop(STOP_TIMEOUT_MS));
    requireOk(pair.primary(), pair.primary().endGuest(STOP_TIMEOUT_MS));
    result.disk = DiskSequence.read(pair.disk(pair.primaryPlace()), result.bootIdBefore);
    DiskSequence copy =
        DiskSequence.read(pair.disk(pair.primaryPlace().other()), result.bootIdBefore);
    if (copy.holes() + copy.damaged() > 0) {
      result.base.failures.add(
          "the backup's disk is no instant of the guest's: " + copy.findings());
    }
    VmRules.judgeClients(result);
    List<String> found = new ArrayList<>(result.base.failures);
    for (Tally tally : List.of(result.nginx, result.probe, result.diskWatch)) {
      found.addAll(tally.findings());
    }
    found.addAll(result.disk.findings());
    return found;
  }

  private void requireOk(NodeProcess node, int exitCode) {
    if (exitCode != ExitCode.OK) {
      result.base.failures.add("node " + node.name() + " ended with exit code " + exitCode);
    }
  }

  @Override
  public String summary() {
    return String.format(
        "redis %d operations, counting connection %d, nginx %d, disk records %d",
        result.base.verdict.acknowledged(),
        result.probe.operations(),
        result.nginx.operations(),
        result.disk.last() + 1);
  }

  @Override
  public void close() throws IOException {
    loads.close();
  }
}
