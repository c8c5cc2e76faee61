package org.understudy.lab.bench.presets;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.understudy.node.config.Units;
import org.understudy.node.status.NodeStatus.Percentiles;

/** The rows as a table with one column for each preset, or as JSON. */
record PresetReport(long seed, PresetOptions options, RecordedLoad load, List<PresetResult> rows) {
  private static final int LABEL = 22;
  private static final int COLUMN = 15;

  String json() {
    ObjectMapper mapper = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    ObjectNode root = mapper.createObjectNode();
    root.put("seed", seed);
    root.put("connections", load.connections());
    root.put("keys", load.population().length);
    root.put("operations", load.operations().length);
    root.put("pacedPerSecond", options.perSecond());
    root.put("pipeline", options.pipeline());
    root.put("epochUs", options.epochNs() / 1_000);
    ArrayNode presets = root.putArray("presets");
    for (PresetResult row : rows) {
      ObjectNode node = mapper.valueToTree(row);
      presets.add(node.put("ratio", row.ratio()));
    }
    try {
      return mapper.writeValueAsString(root);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  String table() {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "seed %d, %d connections, %d keys, %d operations at %.0f/s; then up to %d in flight on"
                + " each connection; SIGKILL at the end%n",
            seed,
            load.connections(),
            load.population().length,
            load.operations().length,
            options.perSecond(),
            options.pipeline()));
    line(text, "", PresetResult::preset);
    line(text, "epoch", PresetResult::epoch);
    latencies(text);
    line(text, "full speed, op/s", row -> number(row.operationsPerSecond()));
    line(text, "type I, ms", row -> row.typeOneMs() == null ? "-" : decimal(row.typeOneMs()));
    line(text, "epochs", row -> number(row.epochs()));
    line(text, "dirty pages", row -> Units.roughSize(row.dirtyPageBytes()));
    line(text, "on the wire", row -> Units.roughSize(row.wireBytes()));
    line(text, "times fewer", row -> row.wireBytes() == 0 ? "-" : decimal(row.ratio()));
    line(text, "inputs", row -> Units.roughSize(row.inputBytes()));
    line(text, "primary CPU, us/op", row -> perOperation(row, row.cpuSeconds().primary()));
    line(text, "backup CPU, us/op", row -> perOperation(row, row.cpuSeconds().backup()));
    line(text, "client CPU, us/op", row -> perOperation(row, row.cpuSeconds().client()));
    line(text, "shadow", row -> Units.roughSize(row.memory().shadowBytes()));
    line(
        text,
        "staging peak, primary",
        row -> Units.roughSize(row.memory().primaryStagingPeakBytes()));
    line(
        text,
        "staging peak, backup",
        row -> Units.roughSize(row.memory().backupStagingPeakBytes()));
    line(text, "input log peak", row -> Units.roughSize(row.memory().inputLogPeakBytes()));
    line(text, "load average", row -> decimal(row.loadAverage()));
    return text.toString();
  }

  private void latencies(StringBuilder text) {
    percentiles(text, "pause", PresetResult::pauseUs);
    percentiles(text, "commit", PresetResult::commitUs);
    percentiles(text, "output held", PresetResult::heldUs);
    percentiles(text, "client latency", PresetResult::clientUs);
    line(text, "added, p50 us", row -> row.addedUs() == null ? "-" : number(row.addedUs()));
  }

  private void percentiles(
      StringBuilder text, String name, Function<PresetResult, Percentiles> values) {
    line(text, name + ", p50 us", row -> us(values.apply(row), Percentiles::p50));
    line(text, name + ", p99 us", row -> us(values.apply(row), Percentiles::p99));
  }

  private static String us(Percentiles values, Function<Percentiles, Double> part) {
    double us = part.apply(values);
    return values.count() == 0 ? "-" : us < 10 ? decimal(us) : number(us);
  }

  private static String perOperation(PresetResult row, double seconds) {
    return decimal(seconds * 1e6 / row.operations());
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%,.0f", value);
  }

  private static String decimal(double value) {
    return String.format(Locale.ROOT, "%,.1f", value);
  }

  private void line(StringBuilder text, String label, Function<PresetResult, String> cell) {
    text.append(String.format(Locale.ROOT, "%-" + LABEL + "s", label));
    for (PresetResult row : rows) {
      text.append(String.format(Locale.ROOT, "%" + COLUMN + "s", cell.apply(row)));
    }
    text.append(System.lineSeparator());
  }
}
