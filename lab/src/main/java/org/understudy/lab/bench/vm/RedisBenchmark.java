package org.understudy.lab.bench.vm;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.understudy.lab.vm.BenchMachine;
import org.understudy.node.program.ExitCode;
import org.understudy.node.program.UserError;

/** The program {@code redis-benchmark} against redis in the guest. */
final class RedisBenchmark {
  static final int PIPELINE = 16;
  static final int CONNECTIONS = 50;
  private static final String PROGRAM = "redis-benchmark";
  private static final int FIRST_REQUESTS = 20_000;
  private static final int MAX_REQUESTS = 20_000_000;

  /** A run that takes this many times longer than planned is given up. */
  private static final int PATIENCE = 8;

  private static final int MIN_TIMEOUT_SECONDS = 120;

  private final int keys;

  RedisBenchmark(int keys) {
    this.keys = keys;
  }

  /** Refuses where it is not installed. */
  static void require() {
    boolean found = false;
    for (String place : System.getenv().getOrDefault("PATH", "").split(":")) {
      found |= Files.isExecutable(Path.of(place.isEmpty() ? "." : place, PROGRAM));
    }
    if (!found) {
      throw new UserError(
          ExitCode.REFUSED,
          PROGRAM + " is not installed: 'apt-get install --no-install-recommends redis-tools'");
    }
  }

  /** Command without the number of requests. */
  List<String> command() {
    InetSocketAddress redis = BenchMachine.redis();
    return new ArrayList<>(
        List.of(
            PROGRAM,
            "-h",
            redis.getHostString(),
            "-p",
            Integer.toString(redis.getPort()),
            "-t",
            "set,get,incr",
            "-r",
            Integer.toString(keys),
            "-d",
            "64",
            "-P",
            Integer.toString(PIPELINE),
            "-c",
            Integer.toString(CONNECTIONS),
            "--csv"));
  }

  /** A short run to learn the speed, then one of about this length. */
  RedisRates measure(int seconds) throws IOException, InterruptedException {
    RedisRates first = run(FIRST_REQUESTS, seconds);
    double each = first.overall() * seconds / RedisRates.COMMANDS.size();
    return run((int) Math.clamp(each, FIRST_REQUESTS, MAX_REQUESTS), seconds);
  }

  private RedisRates run(int requests, int seconds) throws IOException, InterruptedException {
    List<String> command = command();
    command.addAll(List.of("-n", Integer.toString(requests)));
    Path output = Files.createTempFile("understudy-bench", ".csv");
    Process process = start(command, output);
    try {
      int timeoutSeconds = Math.max(MIN_TIMEOUT_SECONDS, PATIENCE * seconds);
      for (long left = timeoutSeconds * 100L; process.isAlive(); left--) {
        if (left == 0) {
          throw new UserError(
              ExitCode.FAILED, PROGRAM + " did not end in " + timeoutSeconds + " s");
        }
        VmBench.await(10);
      }
      String said = Files.readString(output, StandardCharsets.ISO_8859_1);
      if (process.exitValue() != 0) {
        throw new UserError(ExitCode.FAILED, PROGRAM + " failed: " + said.strip());
      }
      return RedisRates.parse(said);
    } finally {
      process.destroyForcibly();
      Files.deleteIfExists(output);
    }
  }

  private static Process start(List<String> command, Path output) throws IOException {
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(output.toFile())
        .start();
  }

  /** Load without end while some work takes place. */
  void during(VmBench.Work work) throws IOException, InterruptedException {
    List<String> command = command();
    command.add("-l");
    Process process = start(command, Path.of("/dev/null"));
    try {
      VmBench.await(1_000);
      work.run();
      if (!process.isAlive()) {
        throw new UserError(ExitCode.FAILED, PROGRAM + " has ended by itself");
      }
    } finally {
      process.destroyForcibly();
      process.onExit().join();
    }
  }
}
