package org.understudy.lab.bench.serve;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.understudy.node.program.ExitCode;
import org.understudy.node.program.Shutdown;
import org.understudy.node.program.UserError;

/** Round trips by service and command. */
final class LatencyResult {
  /** Round trips of one command, in microseconds. */
  static final class Row {
    final String name;
    final byte[] command;
    final Samples us = new Samples();

    Row(String name, String... words) {
      this.name = name;
      this.command = LatencyClient.command(words);
    }
  }

  /** All commands of one service. */
  static final class Service {
    final List<Row> rows = List.of(new Row("PING", "PING"), new Row("INCR", "INCR", "counter"));

    /** So many round trips of each command. */
    void turn(LatencyClient client, int roundTrips) throws IOException {
      for (Row row : rows) {
        for (int i = 0; i < roundTrips; i++) {
          row.us.add(client.roundTripNs(row.command) / 1_000.0);
        }
        if (Shutdown.requested()) {
          throw new UserError(ExitCode.INTERRUPTED, "interrupted");
        }
      }
    }
  }

  private static final String HEAD =
      "| command | unprotected p50, us | p99 | protected p50, us | p99 | added p50, us |\n"
          + "|---|---|---|---|---|---|\n";

  final Service unprotected = new Service();
  final Service protectedOnes = new Service();

  /** Forgets the warm-up. */
  void clear() {
    unprotected.rows.forEach(row -> row.us.clear());
    protectedOnes.rows.forEach(row -> row.us.clear());
  }

  /** Median of the protected service less that of the unprotected one. */
  double addedUs(int row) {
    return protectedOnes.rows.get(row).us.median() - unprotected.rows.get(row).us.median();
  }

  String table() {
    StringBuilder text =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                "%d round trips per command and service; load average %.1f%n%n%s",
                unprotected.rows.getFirst().us.count(),
                CpuClock.loadAverage(),
                HEAD));
    for (int i = 0; i < unprotected.rows.size(); i++) {
      Samples alone = unprotected.rows.get(i).us;
      Samples pair = protectedOnes.rows.get(i).us;
      text.append(
          String.format(
              Locale.ROOT,
              "| %s | %.0f | %.0f | %.0f | %.0f | %.0f |%n",
              unprotected.rows.get(i).name,
              alone.median(),
              alone.percentile(99),
              pair.median(),
              pair.percentile(99),
              addedUs(i)));
    }
    return text.toString();
  }

  String json() {
    ObjectMapper mapper = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    ObjectNode root = mapper.createObjectNode();
    root.put("roundTrips", unprotected.rows.getFirst().us.count());
    root.put("loadAverage", CpuClock.loadAverage());
    for (int i = 0; i < unprotected.rows.size(); i++) {
      ObjectNode node = root.putObject(unprotected.rows.get(i).name);
      percentiles(node.putObject("unprotectedUs"), unprotected.rows.get(i).us);
      percentiles(node.putObject("protectedUs"), protectedOnes.rows.get(i).us);
      node.put("addedP50Us", addedUs(i));
    }
    try {
      return mapper.writeValueAsString(root);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void percentiles(ObjectNode node, Samples us) {
    node.put("p50", us.median());
    node.put("p99", us.percentile(99));
    node.put("max", us.percentile(100));
  }
}
