package org.understudy.lab.bench.serve;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.understudy.node.program.ExitCode;
import org.understudy.node.program.Shutdown;
import org.understudy.node.program.UserError;

/** Lets servers take turns under {@code redis-benchmark}. */
final class ThroughputBench {
  /** The client among the processes. */
  static final String CLIENT = "redis-benchmark";

  private final int requests;

  ThroughputBench(int requests) {
    this.requests = requests;
  }

  /** The command but for the port. */
  static List<String> command(int requests) {
    return List.of(
        CLIENT,
        "-t",
        "set,get,incr",
        "-r",
        "100000",
        "-d",
        "64",
        "-P",
        "16",
        "-c",
        "50",
        "--csv",
        "-n",
        Integer.toString(requests));
  }

  /** One run that does not count, then this many that do. */
  List<ThroughputResult> run(List<Contender> contenders, int runs, Consumer<String> progress)
      throws IOException, InterruptedException {
    List<ThroughputResult> results = new ArrayList<>();
    for (Contender contender : contenders) {
      progress.accept("warm-up of " + contender.name());
      run(contender, new ThroughputResult(contender.name()));
      results.add(new ThroughputResult(contender.name()));
    }
    for (int i = 0; i < runs; i++) {
      progress.accept("run " + (i + 1) + " of " + runs);
      for (int j = 0; j < contenders.size(); j++) {
        run(contenders.get(j), results.get(j));
      }
    }
    return results;
  }

  private void run(Contender contender, ThroughputResult result)
      throws IOException, InterruptedException {
    if (Shutdown.requested()) {
      throw new UserError(ExitCode.INTERRUPTED, "interrupted");
    }
    List<String> command = new ArrayList<>(command(requests));
    command.addAll(List.of("-p", Integer.toString(contender.address().getPort())));
    Map<String, Double> before = cpu(contender);
    long startNs = System.nanoTime();
    String output = Program.output(command);
    double seconds = (System.nanoTime() - startNs) / 1e9;
    Map<String, Double> used = cpu(contender);
    used.replaceAll((process, value) -> value - before.get(process));
    long rows = parse(output, result);
    result.addRun(used, seconds, rows * requests);
  }

  private static Map<String, Double> cpu(Contender contender) {
    Map<String, Double> seconds = new LinkedHashMap<>();
    contender.processes().forEach((name, pid) -> seconds.put(name, CpuClock.seconds(pid)));
    seconds.put(CLIENT, CpuClock.endedChildrenSeconds());
    return seconds;
  }

  /** Adds the rates of one output; all commands must be there. */
  static long parse(String output, ThroughputResult result) {
    long rows = 0;
    for (String line : output.split("\n")) {
      String[] cells = line.replace("\"", "").split(",");
      Samples rates = result.rates.get(cells[0]);
      if (rates != null && cells.length > 1) {
        rates.add(Double.parseDouble(cells[1]));
        rows++;
      }
    }
    if (rows != ThroughputResult.COMMANDS.size()) {
      throw new UserError(ExitCode.FAILED, CLIENT + " printed no rates: " + output.strip());
    }
    return rows;
  }
}
