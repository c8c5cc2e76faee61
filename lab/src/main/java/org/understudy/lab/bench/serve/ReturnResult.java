package org.understudy.lab.bench.serve;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;

/** What the way back took. */
final class ReturnResult {
  /** With kept memory, or without. */
  static final class Mode {
    /** From the start of the dead node's process until both nodes say that they are protected. */
    final Samples startToProtectedMs = new Samples();

    /** On the wire from the primary, from the copy's begin to its end. */
    final Samples copyBytes = new Samples();
  }

  private static final double MIB = 1 << 20;

  final Mode kept = new Mode();
  final Mode unkept = new Mode();
  private final long memoryBytes;
  private final int changedPercent;

  ReturnResult(long memoryBytes, int changedPercent) {
    this.memoryBytes = memoryBytes;
    this.changedPercent = changedPercent;
  }

  String table() {
    return String.format(
        Locale.ROOT,
        "%.0f MiB, three quarters full, %d %% of the keys changed, %d deaths with each;"
            + " load average %.1f%n%n"
            + "| memory | start to protected, ms: median (quartiles) | copy, MiB: median (quartiles) |%n"
            + "|---|---|---|%n"
            + "| kept | %s | %s |%n"
            + "| not kept | %s | %s |",
        memoryBytes / MIB,
        changedPercent,
        kept.copyBytes.count(),
        CpuClock.loadAverage(),
        text(kept.startToProtectedMs, 1),
        text(kept.copyBytes, MIB),
        text(unkept.startToProtectedMs, 1),
        text(unkept.copyBytes, MIB));
  }

  private static String text(Samples samples, double unit) {
    return String.format(
        Locale.ROOT,
        "%.1f (%.1f to %.1f)",
        samples.median() / unit,
        samples.percentile(25) / unit,
        samples.percentile(75) / unit);
  }

  String json() {
    ObjectMapper mapper = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    ObjectNode root = mapper.createObjectNode();
    root.put("memoryBytes", memoryBytes);
    root.put("changedPercent", changedPercent);
    root.put("rounds", kept.copyBytes.count());
    root.put("loadAverage", CpuClock.loadAverage());
    put(root.putObject("kept"), kept);
    put(root.putObject("notKept"), unkept);
    try {
      return mapper.writeValueAsString(root);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void put(ObjectNode node, Mode mode) {
    quartiles(node.putObject("startToProtectedMs"), mode.startToProtectedMs);
    quartiles(node.putObject("copyBytes"), mode.copyBytes);
  }

  private static void quartiles(ObjectNode node, Samples samples) {
    node.put("p25", samples.percentile(25));
    node.put("p50", samples.median());
    node.put("p75", samples.percentile(75));
  }
}
