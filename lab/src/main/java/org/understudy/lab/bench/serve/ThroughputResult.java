package org.understudy.lab.bench.serve;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What one server did in all its counted runs. */
final class ThroughputResult {
  /** Commands of the runs, as redis-benchmark names them. */
  static final List<String> COMMANDS = List.of("SET", "GET", "INCR");

  /** Above this share of one core a process is at the limit of its busiest thread. */
  private static final double ONE_CORE = 0.9;

  /** Above this share of all cores nothing is left. */
  private static final double ALL_CORES = 0.85;

  final String name;
  final Map<String, Samples> rates = new LinkedHashMap<>();

  /** CPU seconds of each process and of redis-benchmark. */
  final Map<String, Double> cpuSeconds = new LinkedHashMap<>();

  double elapsedSeconds;
  long operations;

  ThroughputResult(String name) {
    this.name = name;
    COMMANDS.forEach(command -> rates.put(command, new Samples()));
  }

  void addRun(Map<String, Double> cpu, double seconds, long count) {
    cpu.forEach((process, used) -> cpuSeconds.merge(process, used, Double::sum));
    elapsedSeconds += seconds;
    operations += count;
  }

  double cpuUsPerOperation(String process) {
    return cpuSeconds.getOrDefault(process, 0.0) * 1e6 / operations;
  }

  /** Share of one core that a process used while the runs took place. */
  double cores(String process) {
    return cpuSeconds.getOrDefault(process, 0.0) / elapsedSeconds;
  }

  /** What held it back. */
  String limit(int machineCores) {
    double all = 0;
    String busiest = "";
    for (String process : cpuSeconds.keySet()) {
      all += cores(process);
      busiest = busiest.isEmpty() || cores(process) > cores(busiest) ? process : busiest;
    }
    if (all >= ALL_CORES * machineCores) {
      return "CPU: all cores are busy with these processes";
    }
    return cores(busiest) >= ONE_CORE
        ? "one core of " + busiest
        : "none of them alone: waiting, or other programs on the cores";
  }
}
