package org.understudy.lab.bench.serve;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;

/** Medians, ratios and CPU of {@code bench throughput}, as a Markdown table or JSON. */
record ThroughputReport(List<ThroughputResult> results, int runs, int requests, int cores) {

  String json() {
    ObjectMapper mapper = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    ObjectNode root = mapper.createObjectNode();
    root.put("runs", runs);
    root.put("requestsPerCommand", requests);
    root.put("cores", cores);
    root.put("loadAverage", CpuClock.loadAverage());
    for (ThroughputResult result : results) {
      ObjectNode node = root.withObjectProperty("servers").putObject(result.name);
      ObjectNode rates = node.putObject("operationsPerSecond");
      result.rates.forEach((command, samples) -> rates.put(command, samples.median()));
      ObjectNode cpu = node.putObject("cpuUsPerOperation");
      ObjectNode busy = node.putObject("coresBusy");
      for (String process : result.cpuSeconds.keySet()) {
        cpu.put(process, result.cpuUsPerOperation(process));
        busy.put(process, result.cores(process));
      }
      node.put("limit", result.limit(cores));
    }
    ObjectNode ratios = root.putObject("ratios");
    ratio(ratios, Contender.UNPROTECTED, Contender.REDIS);
    ratio(ratios, Contender.PROTECTED, Contender.UNPROTECTED);
    try {
      return mapper.writeValueAsString(root);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private void ratio(ObjectNode ratios, String over, String under) {
    ThroughputResult a = named(over);
    ThroughputResult b = named(under);
    if (a == null || b == null) {
      return;
    }
    ObjectNode node = ratios.putObject(over + "/" + under);
    for (String command : ThroughputResult.COMMANDS) {
      node.put(command, a.rates.get(command).median() / b.rates.get(command).median());
    }
  }

  private ThroughputResult named(String name) {
    return results.stream().filter(result -> result.name.equals(name)).findAny().orElse(null);
  }

  String table() {
    StringBuilder text = new StringBuilder();
    line(
        text,
        "%s, %d runs in turns, medians; load average %.1f",
        String.join(" ", ThroughputBench.command(requests)),
        runs,
        CpuClock.loadAverage());
    line(text, "");
    line(text, "| server | SET/s | GET/s | INCR/s | CPU per operation, us | cores busy | limit |");
    line(text, "|---|---|---|---|---|---|---|");
    for (ThroughputResult result : results) {
      StringBuilder row = new StringBuilder("| ").append(result.name);
      result.rates.forEach((command, samples) -> row.append(format(" | %,.0f", samples.median())));
      StringBuilder busy = new StringBuilder();
      row.append(" |");
      for (String process : result.cpuSeconds.keySet()) {
        row.append(format(" %s %.2f", process, result.cpuUsPerOperation(process)));
        busy.append(format(" %s %.2f", process, result.cores(process)));
      }
      line(text, "%s |%s | %s |", row, busy, result.limit(cores));
    }
    ratioLine(text, Contender.UNPROTECTED, Contender.REDIS);
    ratioLine(text, Contender.PROTECTED, Contender.UNPROTECTED);
    return text.toString();
  }

  private void ratioLine(StringBuilder text, String over, String under) {
    ThroughputResult a = named(over);
    ThroughputResult b = named(under);
    if (a == null || b == null) {
      return;
    }
    StringBuilder row = new StringBuilder("| " + over + " / " + under);
    for (String command : ThroughputResult.COMMANDS) {
      row.append(format(" | %.2f", a.rates.get(command).median() / b.rates.get(command).median()));
    }
    line(text, "%s | | | |", row);
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  private static void line(StringBuilder text, String format, Object... values) {
    text.append(format(format, values)).append('\n');
  }
}
