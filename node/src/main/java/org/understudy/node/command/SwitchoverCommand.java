package org.understudy.node.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.understudy.node.config.ConfigError;
import org.understudy.node.config.Units;
import org.understudy.node.control.ControlClient;
import org.understudy.node.program.ExitCode;
import org.understudy.node.program.UserError;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Moves the guest of a protected pair to its backup. */
@Command(
    name = "switchover",
    mixinStandardHelpOptions = true,
    description = {
      "Moves the guest to its backup: nothing is rolled back, no output is lost.",
      "Asks the primary, on its machine. When it is done that node has ended with exit code 12 and"
          + " can be started as the backup of the new primary."
    })
public final class SwitchoverCommand implements Callable<Integer> {
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

  @Override
  public Integer call() {
    long timeoutMs = timeoutMs();
    JsonNode last;
    try {
      last = ControlClient.switchover(where.directory(), timeoutMs, this::onProgress);
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
    if (!json) {
      System.out.printf(
          "moved to %s at epoch %d: committed after %.1f ms, known after %.1f ms%n",
          last.path("backup").asText(),
          last.path("epoch").asLong(),
          last.path("committedUs").asLong() / 1e3,
          last.path("endedUs").asLong() / 1e3);
    }
    return code;
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
