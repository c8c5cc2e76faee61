package org.understudy.lab.bench.vm;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.understudy.lab.bench.serve.CpuClock;

/** Figures of one row: lines of named values, as Markdown or JSON. */
final class VmTable {
  private final String row;
  private final String title;
  private final List<Map<String, Object>> lines = new ArrayList<>();
  private final double loadAverage = CpuClock.loadAverage();

  /**
   * An empty table; the load average is that of now, before the row itself makes load.
   *
   * @param title what was measured, for people
   */
  VmTable(String row, String title) {
    this.row = row;
    this.title = title;
  }

  /** A new line that begins with what it is about. */
  Map<String, Object> line(String of) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("of", of);
    lines.add(line);
    return line;
  }

  String text() {
    Set<String> columns = new LinkedHashSet<>();
    lines.forEach(line -> columns.addAll(line.keySet()));
    StringBuilder text = new StringBuilder();
    text.append(row).append(": ").append(title);
    text.append(String.format(Locale.ROOT, "; load average before it %.1f%n%n", loadAverage));
    text.append("| ").append(String.join(" | ", columns)).append(" |\n");
    text.append("|---".repeat(columns.size())).append("|\n");
    for (Map<String, Object> line : lines) {
      text.append(
          columns.stream()
              .map(column -> cell(line.get(column)))
              .collect(Collectors.joining(" | ", "| ", " |\n")));
    }
    return text.toString();
  }

  private static String cell(Object value) {
    return switch (value) {
      case null -> "";
      case Map<?, ?> parts ->
          parts.entrySet().stream()
              .map(part -> part.getKey() + " " + cell(part.getValue()))
              .collect(Collectors.joining(", "));
      case Double number ->
          String.format(Locale.ROOT, Math.abs(number) < 100 ? "%,.2f" : "%,.0f", number);
      case Long number -> String.format(Locale.ROOT, "%,d", number);
      default -> value.toString();
    };
  }

  /** All tables as one object. */
  static String json(List<VmTable> tables, String accelerator) {
    Map<String, Object> root = new LinkedHashMap<>();
    root.put("accelerator", accelerator);
    root.put("cores", Runtime.getRuntime().availableProcessors());
    for (VmTable table : tables) {
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("title", table.title);
      row.put("loadAverageBefore", table.loadAverage);
      row.put("lines", table.lines);
      root.put(table.row, row);
    }
    try {
      return new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(root);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
