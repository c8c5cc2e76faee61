package org.understudy.node.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.Console;
import java.util.concurrent.Callable;
import org.understudy.node.control.GuestOrder.Wish;
import org.understudy.node.program.ExitCode;
import org.understudy.node.program.UserError;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Ends the guest for good, on both nodes. */
@Command(
    name = "end",
    mixinStandardHelpOptions = true,
    description = {
      "Ends the guest for good: its memory is given up on both nodes, and nothing revives it.",
      "Asks the node that runs it, on its machine. Clients get what is committed; then both nodes"
          + " end, and the next guest is begun by --start-as primary. Nothing else ends a guest: a"
          + " node that is stopped (SIGTERM) hands its guest over first."
    })
public final class EndCommand implements Callable<Integer> {
  private static final String MEANING =
      "this ends the guest for good, on both nodes: its memory is given up, and nothing revives it."
          + " To stop this node alone send it SIGTERM, to move the guest use 'switchover'";

  @Mixin private OrderOptions order;

  @Option(names = "--yes", description = "The guest is to be given up; do not ask.")
  private boolean isConfirmed;

  @Override
  public Integer call() {
    if (!isConfirmed) {
      confirm(System.console());
    }
    JsonNode last = order.give(Wish.END);
    if (!order.isJson()) {
      System.out.println("ended: " + last.path("text").asText());
    }
    return ExitCode.OK;
  }

  private static void confirm(Console console) {
    if (console == null || !console.isTerminal()) {
      throw new UserError(ExitCode.USAGE, MEANING + "; if that is meant, say --yes");
    }
    String answer = console.readLine("%s.%nEnd the guest? (yes/no) ", MEANING);
    if (!"yes".equals(answer)) {
      throw new UserError(ExitCode.INTERRUPTED, "nothing was ended");
    }
  }
}
