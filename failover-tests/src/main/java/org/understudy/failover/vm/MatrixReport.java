package org.understudy.failover.vm;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What came of the cells, one line each. */
final class MatrixReport {
  /** Of a cell. */
  enum Verdict {
    OK,
    FAILED,
    /** There is no such QEMU to be had, or no time was left: it does not count. */
    NOT_TRIED
  }

  /**
   * A line.
   *
   * @param version of QEMU, or which one was looked for
   * @param type of machine; empty where no QEMU is there that would have one
   * @param reasons one each
   */
  record Line(
      String version,
      String type,
      int cpus,
      Verdict verdict,
      double seconds,
      List<String> reasons) {
    String text() {
      return String.format(
          Locale.ROOT,
          "%-10s %-16s %4s  %-9s %6.1f s%s",
          version,
          type.isEmpty() ? "-" : type,
          type.isEmpty() ? "-" : "" + cpus,
          word(),
          seconds,
          reasons.isEmpty() ? "" : "  " + String.join("; ", reasons));
    }

    private String word() {
      return verdict.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
  }

  private final List<Line> lines = new ArrayList<>();

  /** A line more; it is given back. */
  Line add(Line line) {
    lines.add(line);
    return line;
  }

  int count(Verdict verdict) {
    return (int) lines.stream().filter(line -> line.verdict() == verdict).count();
  }

  /** Whether something was tried, and nothing failed. */
  boolean isOk() {
    return count(Verdict.FAILED) == 0 && count(Verdict.OK) > 0;
  }

  String summary() {
    return String.format(
        "%d cells tried, %d failed, %d not tried",
        count(Verdict.OK) + count(Verdict.FAILED), count(Verdict.FAILED), count(Verdict.NOT_TRIED));
  }

  /** All of it. */
  String json() {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.put("tried", count(Verdict.OK) + count(Verdict.FAILED));
    root.put("failed", count(Verdict.FAILED));
    ArrayNode cells = root.putArray("cells");
    for (Line line : lines) {
      ObjectNode cell = cells.addObject();
      cell.put("version", line.version());
      cell.put("machine", line.type());
      cell.put("cpus", line.cpus());
      cell.put("verdict", line.word());
      cell.put("seconds", Math.round(line.seconds() * 10) / 10.0);
      line.reasons().forEach(cell.putArray("reasons")::add);
    }
    return root.toPrettyString();
  }
}
