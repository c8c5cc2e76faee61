package org.understudy.lab.bench.vm;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.understudy.lab.bench.serve.BenchPair;
import org.understudy.lab.vm.BenchMachine;
import org.understudy.node.program.ExitCode;
import org.understudy.node.program.Shutdown;
import org.understudy.node.program.UserError;
import org.understudy.node.status.NodeStatus;

/** What the rows share: boots machines and measures windows of time. */
final class VmBench {
  static final String UNDERSTUDY = "understudy";

  /** After the initial copy the first epochs are not like the others. */
  private static final long SETTLE_MS = 2_000;

  private static final long CHECK_MS = 1_000;

  private final VmBenchOptions options;
  private final Path files;
  private final long owner;
  private final Consumer<String> progress;
  private String accelerator;

  VmBench(VmBenchOptions options, Path files, long owner, Consumer<String> progress) {
    this.options = options;
    this.files = files;
    this.owner = owner;
    this.progress = progress;
    this.accelerator = options.accelerator();
  }

  VmBenchOptions options() {
    return options;
  }

  void say(String line) {
    progress.accept(line);
  }

  /** What executes the guests, as soon as one has run. */
  String accelerator() {
    return accelerator;
  }

  /** Lines of configuration for adaptive epochs. */
  static List<String> adaptive() {
    return List.of("epoch.mode = adaptive");
  }

  /** Lines of configuration for fixed epochs. */
  static List<String> fixed(long epochNs) {
    return List.of("epoch { mode = fixed, length = " + epochNs + " ns }");
  }

  /** Boots a guest without a backup. */
  BenchMachine boot(
      String name, long memoryBytes, String preset, List<String> epochs, List<String> orders)
      throws IOException, InterruptedException {
    List<String> settings = new ArrayList<>(epochs);
    settings.addAll(options.settings());
    BenchMachine machine =
        BenchMachine.boot(
            files,
            owner,
            new BenchMachine.Setup(
                name.replace(" ", ""), memoryBytes, accelerator, preset, orders, settings),
            progress);
    NodeStatus status = BenchPair.freshStatus(machine.primary());
    if (status.vm() != null && List.of("kvm", "tcg").contains(status.vm().accelerator())) {
      // Found once: the probe takes seconds.
      accelerator = status.vm().accelerator();
    }
    return machine;
  }

  /** Gives a machine its backup. */
  void protect(BenchMachine machine) throws IOException, InterruptedException {
    machine.protect(SETTLE_MS);
  }

  /** Takes the backup from it again. */
  void unprotect(BenchMachine machine) throws IOException, InterruptedException {
    machine.unprotect(SETTLE_MS);
  }

  /** Work that a window is put around. */
  interface Work {
    void run() throws IOException, InterruptedException;
  }

  /** What a protected machine did during some work. */
  VmWindow during(BenchMachine machine, Work work) throws IOException, InterruptedException {
    NodeStatus before = BenchPair.freshStatus(machine.primary());
    NodeStatus backupBefore = BenchPair.freshStatus(machine.backup());
    work.run();
    NodeStatus after = BenchPair.freshStatus(machine.primary());
    NodeStatus backupAfter = BenchPair.freshStatus(machine.backup());
    machine.requireProtected();
    return new VmWindow(before, after, backupBefore, backupAfter);
  }

  /** Waits for the length of a measurement. */
  void passTime(String what) throws InterruptedException {
    passTime(what, options.seconds());
  }

  /** Waits until young nodes have compiled what they run. */
  void warmUp() throws InterruptedException {
    if (options.warmUpSeconds() > 0) {
      passTime("warms up", options.warmUpSeconds());
    }
  }

  private void passTime(String what, int seconds) throws InterruptedException {
    say(what + ", " + seconds + " s");
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    for (long left = 1; left > 0; left = deadline - System.nanoTime()) {
      await(Math.clamp(TimeUnit.NANOSECONDS.toMillis(left), 1, CHECK_MS));
    }
  }

  /** Waits so long; throws when the command is interrupted. */
  static void await(long timeMs) throws InterruptedException {
    if (Shutdown.await(timeMs)) {
      throw new UserError(ExitCode.INTERRUPTED, "interrupted");
    }
  }
}
