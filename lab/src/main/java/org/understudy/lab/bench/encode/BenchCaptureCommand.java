package org.understudy.lab.bench.encode;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.understudy.node.program.ExitCode;
import org.understudy.node.program.UserError;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Captures what another process changes in its memory within a short time. */
@Command(
    name = "capture",
    mixinStandardHelpOptions = true,
    description = {
      "Stops a process, reads its memory, lets it run on for a moment, reads again,",
      "and writes old and new content of the pages that changed."
    })
public final class BenchCaptureCommand implements Callable<Integer> {
  @Option(names = "--pid", required = true, description = "The process.")
  private long pid;

  @Option(
      names = "--interval-ms",
      defaultValue = "50",
      description = "Time between the two looks, ms (default: ${DEFAULT-VALUE}).")
  private long intervalMs;

  @Option(
      names = "--max-pages",
      defaultValue = "1000000",
      description = "Write at most so many pages (default: ${DEFAULT-VALUE}).")
  private int maxPages;

  @Parameters(
      paramLabel = "FILE",
      description = "Where the pairs go; compressed if the name ends in .zst.")
  private Path file;

  @Override
  public Integer call() throws InterruptedException {
    if (pid <= 1 || pid == ProcessHandle.current().pid() || pid > Integer.MAX_VALUE) {
      throw new UserError(ExitCode.USAGE, "--pid is " + pid + ": name another process");
    }
    if (intervalMs < 1 || maxPages < 1) {
      throw new UserError(ExitCode.USAGE, "--interval-ms and --max-pages must be positive");
    }
    try (ProcessMemory memory = new ProcessMemory(pid);
        PageStore before = new PageStore()) {
      try (StoppedProcess _ = new StoppedProcess(pid)) {
        memory.visit(before::put);
      }
      TimeUnit.MILLISECONDS.sleep(intervalMs);
      int pairs = writeChanged(memory, before);
      System.err.printf(
          "%d pages changed within %d ms, of %d; written to %s%n",
          pairs, intervalMs, before.pages(), file);
    } catch (IOException e) {
      throw new UserError(
          ExitCode.FAILED, "cannot capture process " + pid + ": " + e.getMessage(), e);
    }
    return ExitCode.OK;
  }

  private int writeChanged(ProcessMemory memory, PageStore before) throws IOException {
    try (PageStore changed = new PageStore();
        PairWriter writer = new PairWriter(file)) {
      java.util.List<Long> order = new java.util.ArrayList<>();
      try (StoppedProcess _ = new StoppedProcess(pid)) {
        memory.visit((address, bytes) -> {
          if (order.size() < maxPages && differs(before.get(address), bytes)) {
            changed.put(address, bytes);
            order.add(address);
          }
        });
      }
      for (long address : order) {
        writer.write(address, before.get(address), changed.get(address));
      }
      return writer.pairs();
    }
  }

  private static boolean differs(ByteBuffer old, ByteBuffer now) {
    return old == null ? !isZero(now) : old.mismatch(now.duplicate()) >= 0;
  }

  private static boolean isZero(ByteBuffer page) {
    for (int at = 0; at < Raw.PAGE; at += Long.BYTES) {
      if (page.getLong(at) != 0) {
        return false;
      }
    }
    return true;
  }
}
