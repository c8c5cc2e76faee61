package org.understudy.lab.vm;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.understudy.lab.load.LoadOptions;
import org.understudy.node.config.ConfigError;
import org.understudy.node.config.Units;
import org.understudy.node.program.ExitCode;
import org.understudy.node.program.Shutdown;
import org.understudy.node.program.UserError;
import org.understudy.node.program.Version;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows a takeover of a virtual machine: Linux with redis and nginx, and clients outside of it. */
@Command(
    name = "vm",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Boots a small Linux with redis and nginx in QEMU, protects it, loads it with clients, kills"
          + " the primary with SIGKILL, and judges every reply. Everything lies in network"
          + " namespaces of its own. Needs root and QEMU.",
      "Exit code 1 if a reply is lost, doubled or out of order, if a connection broke, if the guest"
          + " has rebooted or its disk lacks a record; 3 if this machine lacks something."
    })
public final class VmDemoCommand implements Callable<Integer> {
  private static final String PREFIX = "understudy-demo-vm";

  @Option(
      names = "--kills",
      paramLabel = "N",
      defaultValue = "1",
      description = "Primaries to kill, one after the other (default: ${DEFAULT-VALUE}).")
  private int kills;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "15",
      description = "Time of the load around each kill (default: ${DEFAULT-VALUE}).")
  private int seconds;

  @Option(
      names = "--memory",
      paramLabel = "SIZE",
      defaultValue = "512MiB",
      description = "RAM of the guest (default: ${DEFAULT-VALUE}).")
  private String memory;

  @Option(
      names = "--disk",
      paramLabel = "SIZE",
      defaultValue = "64MiB",
      description = "Disk of the guest, 0 for none (default: ${DEFAULT-VALUE}).")
  private String disk;

  @Option(
      names = "--accelerator",
      defaultValue = "auto",
      description = "auto, kvm or tcg (default: ${DEFAULT-VALUE}, kvm where a guest runs in it).")
  private String accelerator;

  @Option(names = "--seed", description = "Of load and kills; random by default, always printed.")
  private Long seed;

  @Option(
      names = "--connections",
      paramLabel = "N",
      defaultValue = "50",
      description = "Clients of redis (default: ${DEFAULT-VALUE}).")
  private int connections;

  @Option(
      names = "--rate",
      paramLabel = "N",
      defaultValue = "1000",
      description = "Most requests to redis per second, 0 for any (default: ${DEFAULT-VALUE}).")
  private int rate;

  @Option(
      names = "--http-connections",
      paramLabel = "N",
      defaultValue = "8",
      description = "Clients of nginx (default: ${DEFAULT-VALUE}).")
  private int httpConnections;

  @Option(
      names = "--verify",
      description = "Compare RAM and image bit for bit at 10 epochs before each kill.")
  private boolean verify;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "A further setting of both nodes, for example --set epoch.max=20ms.")
  private List<String> settings = new ArrayList<>();

  @Option(names = "--json", description = "Print one JSON object and nothing else on stdout.")
  private boolean json;

  @Option(
      names = "--owner",
      hidden = true,
      description = "Run as the client inside the namespaces of this process.")
  private long owner;

  @Option(names = "--files", hidden = true, description = "Directory of the run.")
  private Path files;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    VmResult result = new VmResult();
    int code;
    try {
      VmDemoOptions options = options(result);
      if (owner == 0) {
        return outside(options, result);
      }
      code = inside(options, result);
    } catch (UserError e) {
      code = e.exitCode();
      failed(result, e, e.getMessage());
    } catch (IOException | RuntimeException e) {
      code = ExitCode.FAILED;
      failed(result, e, e.toString());
    }
    print(result);
    return code;
  }

  private void failed(VmResult result, Exception e, String message) throws Exception {
    result.base.failures.add(message);
    if (!json) {
      throw e;
    }
    System.err.println("understudy: " + message);
  }

  private void print(VmResult result) {
    if (json) {
      System.out.println(VmJson.of(result));
    } else {
      VmText.print(System.out, result);
    }
  }

  /** A command line that was not understood, for those who asked for JSON. */
  public static String usageErrorAsJson(String message) {
    VmResult result = new VmResult();
    result.base.failures.add(message);
    return VmJson.of(result);
  }

  private VmDemoOptions options(VmResult result) {
    try {
      VmArguments.check("--kills", kills, 1, 10_000);
      VmArguments.check("--seconds", seconds, 2, 86_400);
      VmArguments.check("--connections", connections, 1, LoadOptions.MAX_CONNECTIONS);
      VmArguments.check("--http-connections", httpConnections, 1, 1000);
      VmArguments.check("--rate", rate, 0, 1_000_000);
      VmArguments.checkAccelerator(accelerator);
      long memoryBytes = VmArguments.ramBytes("--memory", memory);
      result.base.seed = seed == null ? ThreadLocalRandom.current().nextLong(1L << 48) : seed;
      result.base.preset = VmPair.PRESET;
      result.base.connections = connections;
      result.ramBytes = memoryBytes;
      result.killsAsked = kills;
      result.verify = verify;
      VmDemoOptions options =
          new VmDemoOptions(
              kills,
              TimeUnit.SECONDS.toNanos(seconds),
              memoryBytes,
              Units.parseSize("--disk", disk),
              accelerator,
              result.base.seed,
              new VmDemoOptions.Clients(connections, rate, httpConnections),
              verify,
              settings);
      result.hasDisk = options.hasDisk();
      result.accelerator = accelerator;
      return options;
    } catch (ConfigError e) {
      throw new UserError(ExitCode.USAGE, e.getMessage(), e);
    }
  }

  /** In the client's namespace: the demo itself. */
  private int inside(VmDemoOptions options, VmResult result)
      throws IOException, InterruptedException {
    Shutdown.withParent(owner);
    say("seed " + options.seed() + ", files in " + files);
    VmLayout layout = new VmLayout(new Namespaces(owner));
    new VmDemoRun(options, result, VmDemoCommand::say)
        .run(files, layout, GuestImage.in(files.resolve("image")));
    VmRules.judge(result);
    return result.base.isOk() ? ExitCode.OK : ExitCode.FAILED;
  }

  /** Where the command was started: makes what is needed, and removes it however the rest ends. */
  private int outside(VmDemoOptions options, VmResult result) throws Exception {
    VmStage stage = new VmStage(PREFIX, VmDemoCommand::say);
    Requirements requirements = new Requirements();
    if (!requirements.missing().isEmpty()) {
      return unavailable(result, requirements.missing(), requirements.text());
    }
    int code;
    try (stage) {
      stage.prepare(options.memoryBytes());
      code =
          InnerProcess.run(
              stage.clientPrefix(),
              stage.home().toString(),
              Version.mainClass(),
              innerArguments(options, stage));
      stage.keepFiles(code != ExitCode.OK && code != ExitCode.INTERRUPTED);
    } catch (VmStage.UnavailableException e) {
      return unavailable(result, e.missing(), e.getMessage());
    }
    if (code > 128 && code != ExitCode.INTERRUPTED) {
      throw new UserError(ExitCode.FAILED, "the client's process ended with exit code " + code);
    }
    return code;
  }

  private List<String> innerArguments(VmDemoOptions options, VmStage stage) {
    List<String> arguments =
        new ArrayList<>(spec.root().commandLine().getParseResult().originalArgs());
    arguments.addAll(List.of("--owner", Long.toString(ProcessHandle.current().pid())));
    arguments.addAll(List.of("--files", stage.directory().toString()));
    if (seed == null) {
      arguments.addAll(List.of("--seed", Long.toString(options.seed())));
    }
    return arguments;
  }

  private int unavailable(VmResult result, List<String> missing, String text) {
    result.missing = missing;
    result.base.failures.add(text);
    System.err.println("understudy: " + text);
    if (json) {
      System.out.println(VmJson.of(result));
    }
    return ExitCode.REFUSED;
  }

  /** Progress goes to stderr: stdout belongs to the result. */
  private static void say(String line) {
    System.err.println("demo: " + line);
  }
}
