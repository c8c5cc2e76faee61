package org.understudy.node.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.concurrent.TimeUnit;
import org.understudy.node.config.ConfigError;
import org.understudy.node.config.Units;
import org.understudy.node.control.ControlClient;
import org.understudy.node.control.GuestOrder.Wish;
import org.understudy.node.program.ExitCode;
import org.understudy.node.program.UserError;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** What commands have in common that order something of the guest. */
final class OrderOptions {
  @ArgGroup(multiplicity = "1")
  private NodePlace where;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      defaultValue = "60 s",
      description = "How long to wait for the outcome; default ${DEFAULT-VALUE}.")
  private String timeout;

  @Option(names = "--json", description = "Print one JSON object and nothing else on stdout.")
  private boolean json;

  /** Whether nothing but JSON may be on stdout. */
  boolean isJson() {
    return json;
  }

  /**
   * Gives the order, shows each step, and waits for its outcome.
   *
   * @return the last step, of an order that was carried out; any other is an error
   */
  JsonNode give(Wish wish) {
    long timeoutMs = timeoutMs();
    JsonNode last;
    try {
      last = ControlClient.order(wish, where.directory(), timeoutMs, this::onProgress);
    } catch (UserError e) {
      if (json) {
        ObjectNode failure = new ObjectMapper().createObjectNode();
        String outcome = e.exitCode() == ExitCode.REFUSED ? "refused" : "unknown";
        failure.put("outcome", outcome).put("exitCode", e.exitCode());
        System.out.println(failure.put("text", e.getMessage()));
      }
      throw e;
    }
    int code = last.path("exitCode").asInt(ExitCode.FAILED);
    if (json) {
      System.out.println(last);
    }
    if (code != ExitCode.OK) {
      throw new UserError(code, last.path("outcome").asText() + ": " + last.path("text").asText());
    }
    return last;
  }

  private long timeoutMs() {
    try {
      return Math.max(1, TimeUnit.NANOSECONDS.toMillis(Units.parseDuration("--timeout", timeout)));
    } catch (ConfigError e) {
      throw new UserError(ExitCode.USAGE, e.getMessage(), e);
    }
  }

  private void onProgress(JsonNode step) {
    if (!json) {
      System.out.println(step.path("phase").asText() + ": " + step.path("text").asText());
    }
  }
}
