package org.understudy.node.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.concurrent.Callable;
import org.understudy.node.control.GuestOrder.Wish;
import org.understudy.node.program.ExitCode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Moves the guest of a protected pair to its backup. */
@Command(
    name = "switchover",
    mixinStandardHelpOptions = true,
    description = {
      "Moves the guest to its backup: nothing is rolled back, no output is lost.",
      "Asks the primary, on its machine. When it is done that node goes on as the backup of the new"
          + " primary, or, where its configuration fixes its role, has ended with exit code 12."
    })
public final class SwitchoverCommand implements Callable<Integer> {
  @Mixin private OrderOptions order;

  @Override
  public Integer call() {
    JsonNode last = order.give(Wish.SWITCHOVER);
    if (!order.isJson()) {
      System.out.printf(
          "moved to %s at epoch %d: committed after %.1f ms, known after %.1f ms%n",
          last.path("backup").asText(),
          last.path("epoch").asLong(),
          last.path("committedUs").asLong() / 1e3,
          last.path("endedUs").asLong() / 1e3);
    }
    return ExitCode.OK;
  }
}
