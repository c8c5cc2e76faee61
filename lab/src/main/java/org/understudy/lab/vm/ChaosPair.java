package org.understudy.lab.vm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.agrona.CloseHelper;
import org.understudy.lab.pair.NodeProcess;
import org.understudy.lab.pair.PairLayout.Place;
import org.understudy.node.config.NodeConfig;
import org.understudy.node.program.ExitCode;
import org.understudy.node.program.UserError;

/**
 * A guest, its pair, clients and judge for whoever does worse to them than the demo. The nodes have
 * a network of their own, and each a small volume for its disk. Lives in the client's namespace.
 */
public final class ChaosPair implements AutoCloseable {
  /** The guest's address. */
  public static final String GUEST = VmLayout.GUEST;

  private static final String PREFIX = "understudy-chaos-vm";
  private static final String BALLAST = "ballast";

  /** A QEMU that hangs is given up after some time-outs of the node. */
  private static final int PATIENCE_MS = 120_000;

  /**
   * What is to be run.
   *
   * @param guest what runs
   * @param memoryBytes RAM of the guest
   * @param seed of the load
   * @param connections clients of redis, or of PostgreSQL
   * @param rate most requests to redis per second, or inserts
   * @param attach whether a script starts the machine, and the primary attaches it
   * @param settings further lines of both configuration files
   */
  public record Options(
      ChaosGuest guest,
      long memoryBytes,
      long seed,
      int connections,
      int rate,
      boolean attach,
      List<String> settings) {}

  private final VmLayout layout;
  private final VmPair pair;
  private final ChaosClients clients;
  private final List<Path> volumes = new ArrayList<>();
  private final Path own;
  private final boolean attach;
  private ScriptMachine machine;

  /**
   * A pair that does not run yet.
   *
   * @param files directory of the run
   * @param own directory of this pair
   * @param owner process that has made the namespaces
   */
  public ChaosPair(Path files, Path own, long owner, Options options)
      throws IOException, InterruptedException {
    this.own = own;
    attach = options.attach();
    List<String> settings = new ArrayList<>(options.settings());
    if (attach) {
      settings.add("vm.attach = \"" + own.resolve("m.qmp") + "\"");
    }
    VmDemoOptions demo =
        new VmDemoOptions(
            0,
            0,
            options.memoryBytes(),
            options.guest().diskBytes,
            "tcg",
            options.seed(),
            new VmDemoOptions.Clients(options.connections(), options.rate(), 4),
            false,
            settings);
    layout = new VmLayout(new Namespaces(owner), true);
    Files.createDirectories(own);
    Path image = files.resolve(VmStage.IMAGE);
    pair = new VmPair(own, layout, demo, GuestImage.in(image));
    for (Place place : Place.values()) {
      makeVolume(place, options.guest().volumeBytes);
    }
    if (options.guest() == ChaosGuest.FULL) {
      clients = new FullGuestClients(pair, options, PATIENCE_MS);
      // Where it is to lie, on the volume: no program writes through a link to nothing.
      Path disk = Files.readSymbolicLink(pair.disk(pair.primaryPlace()));
      Path made = image.resolve("disk");
      Tool.run("", List.of("cp", "--sparse=always", made.toString(), disk.toString()));
    } else {
      clients = new SmallGuestClients(pair, demo, PATIENCE_MS);
    }
  }

  /**
   * Makes image and namespaces, and runs a program in the client's namespace, with {@code --owner}
   * and {@code --files} behind its arguments; removes everything however that ends.
   */
  public static int stage(
      String main,
      ChaosGuest guest,
      long memoryBytes,
      List<String> arguments,
      Consumer<String> progress)
      throws IOException, InterruptedException {
    return BenchStage.run(new VmStage(PREFIX, true, guest, progress), main, memoryBytes, arguments);
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
    if (attach) {
      startMachine(timeoutMs);
    }
    pair.awaitProtected(timeoutMs, line -> {});
    clients.start();
  }

  /**
   * Starts the primary, with the backup or without it, so that the guest is protected while it
   * boots or is not; returns why it did not come up, or null.
   */
  public String boot(boolean isProtected) throws IOException, InterruptedException {
    if (isProtected) {
      pair.start();
    } else {
      pair.startPrimary();
    }
    try {
      VmDemoRun.awaitBootId(pair::requireAlive);
      return null;
    } catch (UserError e) {
      pair.requireAlive(); // a node that ended says nothing of boots
      if (e.exitCode() == ExitCode.INTERRUPTED) {
        throw e;
      }
      return e.getMessage();
    }
  }

  /** As an operator's script would, once the node serves its disks. */
  private void startMachine(long timeoutMs) throws IOException, InterruptedException {
    NodeConfig config = pair.primaryConfig();
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
    while (!Files.exists(ScriptMachine.disks(config))) {
      pair.requireAlive();
      if (System.nanoTime() - deadline > 0) {
        throw new UserError(ExitCode.FAILED, "the node serves no disks to a machine");
      }
      clients.pause(20);
    }
    String tap = layout.addTap(pair.primaryPlace());
    machine =
        ScriptMachine.start(
            layout.prefix(pair.primaryPlace()), config, List.of(tap), own.resolve("machine.log"));
  }

  /** The primary of the moment. */
  public NodeProcess primary() {
    return pair.primary();
  }

  /** The backup of the moment. */
  public NodeProcess backup() {
    return pair.backup();
  }

  /** A fresh process in place of a primary that saved its guest. */
  public void restartPrimary() throws IOException, InterruptedException {
    pair.restartPrimary();
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
    clients.pause(ms);
  }

  /** Whether the long-lived connection has the reply to a request sent after this instant. */
  public boolean isAnsweredSince(long instantNs) {
    return clients.isAnsweredSince(instantNs);
  }

  /** What is wrong with the clients already, in one line; empty if nothing is. */
  public List<String> findings() {
    return clients.findings();
  }

  /** Longest time between two replies of the long-lived connection since then. */
  public long longestGapNs(long sinceNs) {
    return clients.longestGapNs(sinceNs);
  }

  /**
   * Ends the load, then backup and primary in order, and judges every reply, the guest and both
   * disks.
   *
   * @return what is wrong
   */
  public List<String> finish() throws IOException, InterruptedException {
    return clients.finish();
  }

  /** What the clients did, in one line. */
  public String summary() {
    return clients.summary();
  }

  @Override
  public void close() throws IOException {
    try (pair) {
      clients.close();
    } finally {
      CloseHelper.close(machine);
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
