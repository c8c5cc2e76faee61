package org.understudy.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.understudy.lab.demo.DemoCommand;
import org.understudy.lab.judge.CheckCommand;
import org.understudy.lab.vm.VmDemoCommand;
import org.understudy.node.command.ConfigCommand;
import org.understudy.node.command.DoctorCommand;
import org.understudy.node.command.EndCommand;
import org.understudy.node.command.KeygenCommand;
import org.understudy.node.command.NodeCommand;
import org.understudy.node.command.RegisterCommand;
import org.understudy.node.command.StatusCommand;
import org.understudy.node.command.SwitchoverCommand;
import org.understudy.node.program.ExitCode;
import org.understudy.node.program.Shutdown;
import org.understudy.node.program.UserError;
import org.understudy.node.program.Version;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The program: one name, one command per task. */
@Command(
    name = "understudy",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = "Keeps a live copy of a running guest on a second node.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:ok",
      "1:failed",
      "2:usage",
      "3:refused because it would not be safe, or the machine lacks what is needed",
      "4:no node in that directory (status)",
      "5:arbiter unreachable",
      "7:the node does not run: dead, ended, or it hangs (status)",
      "10:configuration invalid",
      "11:fenced, another node owns the guest",
      "12:the guest moved to its backup, as ordered",
      "13:a thread of the node died; the log says why",
      "124:what was waited for did not come in time (status --wait)",
      "130:interrupted"
    })
public final class Main implements Runnable {
  /** By name, in the order in which help lists them. */
  private static final Map<String, Supplier<Object>> COMMANDS = commands();

  @Option(
      names = "--verbose",
      scope = ScopeType.INHERIT,
      description = "Show stack traces of failures.")
  private boolean verbose;

  @Spec private CommandLine.Model.CommandSpec spec;

  private static Map<String, Supplier<Object>> commands() {
    Map<String, Supplier<Object>> commands = new LinkedHashMap<>();
    commands.put("demo", Main::demo);
    commands.put("node", NodeCommand::new);
    commands.put("status", StatusCommand::new);
    commands.put("register", RegisterCommand::new);
    commands.put("switchover", SwitchoverCommand::new);
    commands.put("end", EndCommand::new);
    commands.put("check", CheckCommand::new);
    commands.put("bench", BenchCommand::new);
    commands.put("config", ConfigCommand::new);
    commands.put("keygen", KeygenCommand::new);
    commands.put("doctor", DoctorCommand::new);
    return commands;
  }

  /** Machines have a demo of their own, which the other one need not know. */
  private static CommandLine demo() {
    return new CommandLine(new DemoCommand()).addSubcommand(new VmDemoCommand());
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "say what to do: " + String.join(", ", COMMANDS.keySet()));
  }

  /** Runs one command and ends the process with its exit code. */
  public static void main(String[] arguments) {
    Shutdown.install();
    Shutdown.exit(execute(arguments));
  }

  /** Runs one command in this process and returns its exit code. */
  public static int execute(String... arguments) {
    Main main = new Main();
    CommandLine line = new CommandLine(main);
    asked(arguments).forEach((name, command) -> line.addSubcommand(name, command.get()));
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setParameterExceptionHandler(Main::onUsageError);
    line.setExecutionExceptionHandler((e, command, parsed) -> onFailure(main, command, e));
    return line.execute(arguments);
  }

  /** The one that is named, or all: reading the options of all took a seventh of a node's start. */
  private static Map<String, Supplier<Object>> asked(String... arguments) {
    for (String argument : arguments) {
      Supplier<Object> command = COMMANDS.get(argument);
      if (command != null) {
        return Map.of(argument, command);
      }
      if (!argument.startsWith("-")) {
        break;
      }
    }
    return COMMANDS;
  }

  private static int onUsageError(ParameterException e, String[] arguments) {
    String command = e.getCommandLine().getCommandSpec().qualifiedName();
    String message = oneLine(e.getMessage()) + " (see '" + command + " --help')";
    System.err.println("understudy: " + message);
    if (List.of(arguments).contains("--json")) {
      switch (e.getCommandLine().<Object>getCommand()) {
        case DemoCommand demo -> System.out.println(DemoCommand.usageErrorAsJson(message));
        case VmDemoCommand demo -> System.out.println(VmDemoCommand.usageErrorAsJson(message));
        default -> {}
      }
    }
    return ExitCode.USAGE;
  }

  private static int onFailure(Main main, CommandLine command, Exception e) {
    if (main.verbose) {
      e.printStackTrace();
    }
    if (e instanceof UserError expected) {
      System.err.println("understudy: " + oneLine(expected.getMessage()));
      return expected.exitCode();
    }
    System.err.println(
        "understudy: "
            + command.getCommandName()
            + " failed: "
            + oneLine(e.toString())
            + (main.verbose ? "" : " (--verbose shows where)"));
    return ExitCode.FAILED;
  }

  private static String oneLine(String message) {
    return message == null ? "unknown error" : message.strip().replaceAll("\\s*\\R\\s*", "; ");
  }
}
