package org.understudy.node.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.understudy.node.arbiter.Arbiters;
import org.understudy.node.arbiter.RegisterChange;
import org.understudy.node.arbiter.RegisterStore;
import org.understudy.node.config.ConfigLoader;
import org.understudy.node.program.ExitCode;
import org.understudy.node.program.UserError;
import org.understudy.pair.arbiter.Arbiter;
import org.understudy.pair.ownership.Ownership;
import org.understudy.pair.ownership.Register;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Reads the register of a pair, and gives its guest up, without any node. */
@Command(
    name = "register",
    mixinStandardHelpOptions = true,
    description = {
      "Tells who owns the guest of a pair, as its arbiter has it now. No node need run, and without"
          + " --give-up nothing is written.",
      "Exit code 0, also where nothing was ever written; 3 if --give-up was refused; 5 if the arbiter"
          + " does not answer, or what it has cannot be read."
    })
public final class RegisterCommand implements Callable<Integer> {
  private static final List<RegisterChange> NONE = List.of();

  @Option(
      names = "--config",
      required = true,
      paramLabel = "FILE",
      description = "Configuration file of either node.")
  private Path file;

  @Option(names = "--set", paramLabel = "KEY=VALUE", description = "Overrides one key of the file.")
  private List<String> overrides = new ArrayList<>();

  @Option(
      names = "--history",
      description =
          "Also the changes of owner before, as far as they are kept, with the time of each by the"
              + " clock of the node that made it.")
  private boolean withHistory;

  @Option(
      names = "--give-up",
      paramLabel = "GENERATION",
      description =
          "Gives the guest up for good, for both nodes: writes that it has ended, over exactly this"
              + " generation, as this command prints it. A node that still runs it stops; the next"
              + " start of the pair begins with an empty guest.")
  private Long givenUp;

  @Option(names = "--json", description = "Print one JSON object and nothing else on stdout.")
  private boolean json;

  @Override
  public Integer call() {
    try (RegisterStore arbiter = Arbiters.openToLook(ConfigLoader.load(file, overrides))) {
      List<RegisterChange> changes = arbiter.history();
      if (givenUp != null) {
        giveUp(arbiter, changes.isEmpty() ? null : changes.getFirst().register());
        changes = arbiter.history();
      }
      if (json) {
        System.out.println(asJson(arbiter.describe(), changes));
      } else {
        print(arbiter.describe(), changes);
      }
      return ExitCode.OK;
    } catch (IOException e) {
      throw new UserError(
          ExitCode.ARBITER_UNREACHABLE, "the register cannot be read: " + e.getMessage(), e);
    }
  }

  private void giveUp(Arbiter arbiter, Register current) {
    if (current == null || current.ownership() instanceof Ownership.Ended) {
      throw new UserError(
          ExitCode.REFUSED,
          "there is no guest to give up: "
              + (current == null ? "nothing was ever written" : "the register says " + current));
    }
    try {
      if (current.generation() != givenUp
          || !arbiter.compareAndSet(current.next(new Ownership.Ended()))) {
        throw new UserError(
            ExitCode.REFUSED,
            "nothing was given up: the register is not, or no longer, at generation "
                + givenUp
                + " (it was read as "
                + current
                + "); look again, and name the generation that it has");
      }
    } catch (IOException e) {
      throw new UserError(
          ExitCode.ARBITER_UNREACHABLE,
          "nobody knows whether that was written; look again: " + e.getMessage(),
          e);
    }
  }

  private void print(String arbiter, List<RegisterChange> changes) {
    System.out.println("arbiter     " + arbiter);
    if (changes.isEmpty()) {
      System.out.println("register    nothing was ever written");
      return;
    }
    RegisterChange now = changes.getFirst();
    System.out.println(
        "register    " + Long.toHexString(now.register().registerId()) + ", " + now.register());
    System.out.println("written     " + time(now));
    String head = "before      ";
    for (RegisterChange before : withHistory ? changes.subList(1, changes.size()) : NONE) {
      System.out.println(head + time(before) + "  " + before.register());
      head = " ".repeat(head.length());
    }
  }

  private static String time(RegisterChange change) {
    return change.at() == null ? "at a time unknown   " : change.at().toString();
  }

  private ObjectNode asJson(String arbiter, List<RegisterChange> changes) {
    ObjectNode json = new ObjectMapper().createObjectNode();
    json.put("arbiter", arbiter);
    if (changes.isEmpty()) {
      return json.put("mode", "none");
    }
    put(json, changes.getFirst());
    if (withHistory) {
      ArrayNode before = json.putArray("before");
      changes.stream().skip(1).forEach(change -> put(before.addObject(), change));
    }
    return json;
  }

  private static void put(ObjectNode json, RegisterChange change) {
    Register register = change.register();
    json.put("mode", mode(register.ownership()));
    json.put("registerId", Long.toHexString(register.registerId()));
    json.put("generation", register.generation());
    json.put("at", change.at() == null ? null : change.at().toString());
    switch (register.ownership()) {
      case Ownership.Solo solo -> json.put("owner", solo.owner().toString());
      case Ownership.Protected both -> {
        json.put("primary", both.primary().toString());
        json.put("backup", both.backup().toString());
      }
      case Ownership.Saved saved -> json.put("owner", saved.by().toString());
      case Ownership.Ended() -> {}
    }
  }

  private static String mode(Ownership ownership) {
    return switch (ownership) {
      case Ownership.Solo _ -> "solo";
      case Ownership.Protected _ -> "protected";
      case Ownership.Saved _ -> "saved";
      case Ownership.Ended() -> "ended";
    };
  }
}
