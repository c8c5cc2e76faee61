package org.understudy.lab.vm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.understudy.lab.judge.HistoryChecker;
import org.understudy.lab.pair.NodeProcess;
import org.understudy.lab.pair.PairLayout.Place;
import org.understudy.node.program.ExitCode;

/**
 * The demo's guest, pair, clients and judge for whoever does worse to them than the demo. The nodes
 * have a network of their own, and each a small volume for its disk. Lives in the client's
 * namespace.
 */
public final class ChaosPair implements AutoCloseable {
  /** The guest's address. */
  public static final String GUEST = VmLayout.GUEST;

  private static final String PREFIX = "understudy-chaos-vm";
  private static final String BALLAST = "ballast";

  /** A QEMU that hangs is given up after some time-outs of the node. */
  private static final int PATIENCE_MS = 120_000;

  private static final long STOP_TIMEOUT_MS = 30_000;

  /**
   * What is to be run.
   *
   * @param memoryBytes RAM of the guest
   * @param diskBytes size of its disk
   * @param volumeBytes what each node has room for
   * @param seed of the load
   * @param connections clients of redis
   * @param rate most requests to redis per second
   * @param settings further lines of both configuration files
   */
  public record Options(
      long memoryBytes,
      long diskBytes,
      long volumeBytes,
      long seed,
      int connections,
      int rate,
      List<String> settings) {}

  private final VmLayout layout;
  private final VmPair pair;
  private final VmLoads loads;
  private final VmResult result = new VmResult();
  private final List<Path> volumes = new ArrayList<>();

  /**
   * A pair that does not run yet.
   *
   * @param files directory of the run
   * @param own directory of this pair
   * @param owner process that has made the namespaces
   */
  public ChaosPair(Path files, Path own, long owner, Options options)
      throws IOException, InterruptedException {
    VmDemoOptions demo =
        new VmDemoOptions(
            0,
            0,
            options.memoryBytes(),
            options.diskBytes(),
            "tcg",
            options.seed(),
            new VmDemoOptions.Clients(options.connections(), options.rate(), 4),
            false,
            options.settings());
    result.hasDisk = true;
    result.killsAsked = 0;
    layout = new VmLayout(new Namespaces(owner), true);
    Files.createDirectories(own);
    pair = new VmPair(own, layout, demo, GuestImage.in(files.resolve(VmStage.IMAGE)));
    loads = new VmLoads(demo, PATIENCE_MS);
    for (Place place : Place.values()) {
      makeVolume(place, options.volumeBytes());
    }
  }

  /**
   * Makes image and namespaces, and runs a program in the client's namespace, with {@code --owner}
   * and {@code --files} behind its arguments; removes everything however that ends.
   */
  public static int stage(
      String main, long memoryBytes, List<String> arguments, Consumer<String> progress)
      throws IOException, InterruptedException {
    return BenchStage.run(new VmStage(PREFIX, true, progress), main, memoryBytes, arguments);
  }

  /** In the mount namespace of this process, which ends with it. */
  private void makeVolume(Place place, long bytes) throws IOException, InterruptedException {
    Path volume = pair.directory(place).resolve("volume");
    Files.createDirectories(volume);
    Tool.run(
        "", List.of("mount", "-t", "tmpfs", "-o", "size=" + bytes, "chaos", volume.toString()));
    volumes.add(volume);
    Path disk = pair.disk(place);
    Files.createSymbolicLink(disk, volume.resolve(disk.getFileName()));
  }

  /** Starts both nodes and the clients, and waits until the pair is protected. */
  public void start(long timeoutMs) throws IOException, InterruptedException {
    pair.start();
    pair.awaitProtected(timeoutMs, line -> {});
    result.bootIdBefore = VmDemoRun.awaitBootId(pair::requireAlive);
    loads.start();
  }

  /** The primary of the moment. */
  public NodeProcess primary() {
    return pair.primary();
  }

  /** The backup of the moment. */
  public NodeProcess backup() {
    return pair.backup();
  }

  /** A fresh process in place of the dead backup. */
  public void startBackup() throws IOException {
    pair.startBackup();
  }

  /** The backup has taken over; a fresh process in place of the dead primary. */
  public void startNextBackup() throws IOException {
    pair.startNextBackup();
  }

  /** Pulls the cable between the nodes at one of them, or puts it back. */
  public void plugBackup(boolean in) throws IOException, InterruptedException {
    layout.plug(pair.primaryPlace().other(), in);
  }

  /** Both cables are in. */
  public void plugAll() throws IOException, InterruptedException {
    for (Place place : Place.values()) {
      layout.plug(place, true);
    }
  }

  /** From now on the backup's disk has no room for another block. */
  public void fillBackupVolume() throws IOException {
    byte[] zeros = new byte[1 << 16];
    Path volume = pair.directory(pair.primaryPlace().other()).resolve("volume");
    try (var ballast = Files.newOutputStream(volume.resolve(BALLAST))) {
      for (int bytes = zeros.length; bytes >= 4096; ) {
        try {
          ballast.write(zeros, 0, bytes);
        } catch (IOException e) {
          bytes /= 2; // the last blocks too
        }
      }
    }
  }

  /** There is room again, at both nodes. */
  public void freeVolumes() throws IOException {
    for (Path volume : volumes) {
      Files.deleteIfExists(volume.resolve(BALLAST));
    }
  }

  /** Waits; throws if the load fails, or if the program is to end. */
  public void pause(long ms) throws InterruptedException {
    loads.pause(ms);
  }

  /** Whether the long-lived connection has the reply to a request sent after this instant. */
  public boolean isAnsweredSince(long instantNs) {
    return loads.probe().arrivals().isAnsweredSince(instantNs);
  }

  /** What is wrong with the clients already, in one line; empty if nothing is. */
  public List<String> findings() {
    return loads.probe().tally().findings();
  }

  /** Longest time between two replies of the long-lived connection since then. */
  public long longestGapNs(long sinceNs) {
    return loads.probe().arrivals().longestGapNs(sinceNs, System.nanoTime());
  }

  /**
   * Ends the load, then backup and primary in order, and judges: every reply, the guest's boot id,
   * every record on both disks.
   *
   * @return what is wrong
   */
  public List<String> finish() throws IOException, InterruptedException {
    loads.finish(result);
    result.bootIdAfter = VmDemoRun.awaitBootId(pair::requireAlive);
    result.base.sent = loads.redis().progress().sent();
    result.base.brokenConnections = loads.redis().progress().brokenConnections();
    result.base.verdict = HistoryChecker.check(loads.redis().history());
    for (NodeProcess node : List.of(pair.backup(), pair.primary())) {
      int code = node.stop(STOP_TIMEOUT_MS);
      if (code != ExitCode.OK) {
        result.base.failures.add("node " + node.name() + " ended with exit code " + code);
      }
    }
    result.disk = DiskRecords.read(pair.disk(pair.primaryPlace()), result.bootIdBefore);
    DiskRecords copy =
        DiskRecords.read(pair.disk(pair.primaryPlace().other()), result.bootIdBefore);
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

  /** What the clients did, in one line. */
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
    try (pair) {
      loads.close();
    }
    for (Path volume : volumes) {
      try {
        Tool.run("", List.of("umount", volume.toString()));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
