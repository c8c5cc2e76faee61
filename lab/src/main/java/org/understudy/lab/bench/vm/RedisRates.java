package org.understudy.lab.bench.vm;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.understudy.node.program.ExitCode;
import org.understudy.node.program.UserError;

/**
 * Operations per second that {@code redis-benchmark --csv} has printed.
 *
 * @param perSecond by command
 */
record RedisRates(Map<String, Double> perSecond) {
  static final List<String> COMMANDS = List.of("SET", "GET", "INCR");

  /** Reads its output; all commands must be there, with a rate that is a number. */
  static RedisRates parse(String output) {
    Map<String, Double> rates = new LinkedHashMap<>();
    for (String line : output.split("\\R")) {
      String[] cells = line.replace("\"", "").split(",");
      if (cells.length > 1 && COMMANDS.contains(cells[0])) {
        rates.put(cells[0], number(cells[1], output));
      }
    }
    if (rates.size() != COMMANDS.size()) {
      throw unreadable(output);
    }
    return new RedisRates(rates);
  }

  private static double number(String cell, String output) {
    try {
      double rate = Double.parseDouble(cell);
      if (rate > 0 && Double.isFinite(rate)) {
        return rate;
      }
    } catch (NumberFormatException e) {
      // said below, with all of the output
    }
    throw unreadable(output);
  }

  private static UserError unreadable(String output) {
    return new UserError(ExitCode.FAILED, "redis-benchmark printed no rates: " + output.strip());
  }

  /** The mean of two measurements of one length each. */
  RedisRates and(RedisRates other) {
    Map<String, Double> means = new LinkedHashMap<>();
    perSecond.forEach((name, rate) -> means.put(name, (rate + other.perSecond.get(name)) / 2));
    return new RedisRates(means);
  }

  /** Of all commands together, each as often as the others. */
  double overall() {
    double secondsEach = perSecond.values().stream().mapToDouble(rate -> 1 / rate).sum();
    return perSecond.size() / secondsEach;
  }

  /** This rate over another one, by command. */
  Map<String, Double> over(RedisRates other) {
    Map<String, Double> ratios = new LinkedHashMap<>();
    perSecond.forEach((name, rate) -> ratios.put(name, rate / other.perSecond.get(name)));
    return ratios;
  }

  /** Most that clients which wait for replies can reach: each request waits for its commit. */
  static double bound(int outstanding, double epochUs, double commitUs) {
    return outstanding * 1e6 / (epochUs + commitUs);
  }
}
