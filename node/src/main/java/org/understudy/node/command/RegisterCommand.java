package org.understudy.node.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.understudy.node.arbiter.Arbiters;
import org.understudy.node.config.ConfigLoader;
import org.understudy.node.program.ExitCode;
import org.understudy.node.program.UserError;
import org.understudy.pair.arbiter.Arbiter;
import org.understudy.pair.ownership.Ownership;
import org.understudy.pair.ownership.Register;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Reads the register of a pair, without any node. */
@Command(
    name = "register",
    mixinStandardHelpOptions = true,
    description = {
      "Tells who owns the guest of a pair, as its arbiter has it now; nothing is written, and no"
          + " node need run.",
      "Exit code 0, also where nothing was ever written; 5 if the arbiter does not answer, or what"
          + " it has cannot be read."
    })
public final class RegisterCommand implements Callable<Integer> {
  @Option(
      names = "--config",
      required = true,
      paramLabel = "FILE",
      description = "Configuration file of either node.")
  private Path file;

  @Option(names = "--set", paramLabel = "KEY=VALUE", description = "Overrides one key of the file.")
  private List<String> overrides = new ArrayList<>();

  @Option(names = "--json", description = "Print one JSON object and nothing else on stdout.")
  private boolean json;

  @Override
  public Integer call() {
    try (Arbiter arbiter = Arbiters.open(ConfigLoader.load(file, overrides))) {
      Optional<Register> register = arbiter.read();
      if (json) {
        System.out.println(asJson(arbiter.describe(), register.orElse(null)));
      } else {
        System.out.println("arbiter     " + arbiter.describe());
        System.out.println(
            "register    "
                + register
                    .map(found -> Long.toHexString(found.registerId()) + ", " + found)
                    .orElse("nothing was ever written"));
      }
      return ExitCode.OK;
    } catch (IOException e) {
      throw new UserError(
          ExitCode.ARBITER_UNREACHABLE, "the register cannot be read: " + e.getMessage(), e);
    }
  }

  private static ObjectNode asJson(String arbiter, Register register) {
    ObjectNode json = new ObjectMapper().createObjectNode();
    json.put("arbiter", arbiter);
    json.put("mode", register == null ? "none" : mode(register.ownership()));
    if (register != null) {
      json.put("registerId", Long.toHexString(register.registerId()));
      json.put("generation", register.generation());
      switch (register.ownership()) {
        case Ownership.Solo solo -> json.put("owner", solo.owner().toString());
        case Ownership.Protected both -> {
          json.put("primary", both.primary().toString());
          json.put("backup", both.backup().toString());
        }
        case Ownership.Ended() -> {}
      }
    }
    return json;
  }

  private static String mode(Ownership ownership) {
    return switch (ownership) {
      case Ownership.Solo _ -> "solo";
      case Ownership.Protected _ -> "protected";
      case Ownership.Ended() -> "ended";
    };
  }
}
