package org.understudy.lab.bench.serve;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;

/** Rates and round trips of a sealed pair beside those of one in the clear. */
record SealReport(
    ThroughputResult sealedRates,
    ThroughputResult clearRates,
    LatencyResult.Service sealedWaits,
    LatencyResult.Service clearWaits,
    int runs) {
  static final String SEALED = "sealed";
  static final String CLEAR = "in the clear";

  String table() {
    StringBuilder text =
        new StringBuilder(
            format(
                "%d runs in turns, medians (quartiles); load average %.1f%n%n",
                runs, CpuClock.loadAverage()));
    text.append("| | sealed | in the clear | sealed / clear, or added |\n|---|---|---|---|\n");
    for (String command : ThroughputResult.COMMANDS) {
      Samples sealed = sealedRates.rates.get(command);
      Samples clear = clearRates.rates.get(command);
      text.append(
          format(
              "| %s/s | %s | %s | %.2f |%n",
              command, spread(sealed), spread(clear), sealed.median() / clear.median()));
    }
    for (int i = 0; i < sealedWaits.rows.size(); i++) {
      Samples sealed = sealedWaits.rows.get(i).us;
      Samples clear = clearWaits.rows.get(i).us;
      text.append(
          format(
              "| %s waited for, us | %s | %s | %+.0f |%n",
              sealedWaits.rows.get(i).name,
              spread(sealed),
              spread(clear),
              sealed.median() - clear.median()));
    }
    return text.toString();
  }

  static String spread(Samples samples) {
    return format(
        "%,.0f (%,.0f to %,.0f)", samples.median(), samples.percentile(25), samples.percentile(75));
  }

  String json() {
    ObjectMapper mapper = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    ObjectNode root = mapper.createObjectNode();
    root.put("runs", runs);
    root.put("loadAverage", CpuClock.loadAverage());
    ObjectNode rates = root.putObject("operationsPerSecond");
    for (String command : ThroughputResult.COMMANDS) {
      put(rates.putObject(command), sealedRates.rates.get(command), clearRates.rates.get(command));
    }
    ObjectNode waits = root.putObject("roundTripUs");
    for (int i = 0; i < sealedWaits.rows.size(); i++) {
      String name = sealedWaits.rows.get(i).name;
      put(waits.putObject(name), sealedWaits.rows.get(i).us, clearWaits.rows.get(i).us);
    }
    try {
      return mapper.writeValueAsString(root);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void put(ObjectNode node, Samples sealed, Samples clear) {
    node.put("sealed", sealed.median());
    node.put("clear", clear.median());
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
