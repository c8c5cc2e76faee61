package org.understudy.lab.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.understudy.lab.load.LoadOptions;
import org.understudy.node.config.ConfigError;
import org.understudy.node.config.Preset;
import org.understudy.node.config.Units;
import org.understudy.node.program.ExitCode;
import org.understudy.node.program.UserError;
import org.understudy.node.run.Leftovers;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shows a takeover: a pair, client load, SIGKILL of the primary, and the checker's verdict. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Starts primary and backup on loopback, loads them with clients, kills the primary with"
          + " SIGKILL in the middle, goes on, and judges every reply that a client got.",
      "Exit code 1 if an acknowledged write is missing, doubled or out of order, if no SIGKILL was"
          + " delivered, if nothing was in flight at the kill, if a connection broke, or if fewer"
          + " than 1,000 operations were acknowledged after it."
    })
public final class DemoCommand implements Callable<Integer> {
  private static final String PREFIX = "understudy-demo";
  private static final int KEYS = 120_000;
  private static final long MIN_DURATION_NS = TimeUnit.SECONDS.toNanos(1);

  @Option(
      names = "--preset",
      defaultValue = "understudy",
      description = "remus, remus-xor, llm, fgbi or understudy (default: ${DEFAULT-VALUE}).")
  private String preset;

  @Option(
      names = "--epoch",
      paramLabel = "LENGTH",
      description = "adaptive, or a fixed length such as 5ms (default: as the preset has it).")
  private String epoch;

  @Option(
      names = "--duration",
      defaultValue = "15s",
      description = "Time of the load (default: ${DEFAULT-VALUE}).")
  private String duration;

  @Option(
      names = "--memory",
      paramLabel = "SIZE",
      defaultValue = "256MiB",
      description = "Protected memory (default: ${DEFAULT-VALUE}).")
  private String memory;

  @Option(names = "--seed", description = "Of load and kill; random by default, always printed.")
  private Long seed;

  @Option(
      names = "--connections",
      paramLabel = "N",
      defaultValue = "200",
      description = "Clients (default: ${DEFAULT-VALUE}).")
  private int connections;

  @Option(
      names = "--verify",
      description = "Compare region and image bit for bit at 10 epochs under load.")
  private boolean verify;

  @Option(
      names = "--record",
      paramLabel = "FILE",
      description = "Write each operation as one JSON line; 'check FILE' judges it alone.")
  private Path record;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "A further setting of both nodes, for example --set detect.timeout=500ms.")
  private List<String> settings = new ArrayList<>();

  @Option(names = "--json", description = "Print one JSON object and nothing else on stdout.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    DemoResult result = new DemoResult();
    result.seed = seed == null ? ThreadLocalRandom.current().nextLong(1L << 48) : seed;
    result.preset = preset;
    result.connections = connections;
    int code;
    try {
      code = run(options(result), result);
    } catch (UserError e) {
      result.failures.add(e.getMessage());
      code = e.exitCode();
      if (!json) {
        throw e;
      }
      System.err.println("understudy: " + e.getMessage());
    } catch (IOException | RuntimeException e) {
      result.failures.add(e.toString());
      if (!json) {
        throw e;
      }
      System.err.println("understudy: demo failed: " + e);
      code = ExitCode.FAILED;
    }
    if (json) {
      System.out.println(DemoJson.of(result));
    } else {
      DemoText.print(System.out, result);
    }
    return code;
  }

  /** A command line that was not understood, for those who asked for JSON. */
  public static String usageErrorAsJson(String message) {
    DemoResult result = new DemoResult();
    result.failures.add(message);
    return DemoJson.of(result);
  }

  private DemoOptions options(DemoResult result) {
    try {
      return parsed(result);
    } catch (ConfigError e) {
      throw new UserError(ExitCode.USAGE, e.getMessage(), e);
    }
  }

  private DemoOptions parsed(DemoResult result) {
    Preset chosen = Preset.of(preset);
    long fixedNs = DemoOptions.PRESET_EPOCHS;
    result.epochMode = chosen.epochMode().name().toLowerCase(java.util.Locale.ROOT);
    if (epoch != null) {
      boolean adaptive = epoch.equals("adaptive");
      fixedNs = adaptive ? 0 : Units.parseDuration("--epoch", epoch);
      result.epochMode = adaptive ? "adaptive" : "fixed";
    }
    if (connections < 1 || connections > LoadOptions.MAX_CONNECTIONS) {
      throw new UserError(
          ExitCode.USAGE,
          "--connections " + connections + " must be 1 to " + LoadOptions.MAX_CONNECTIONS);
    }
    long durationNs = Units.parseDuration("--duration", duration);
    if (durationNs < MIN_DURATION_NS) {
      throw new UserError(
          ExitCode.USAGE, "--duration " + duration + " must be at least 1s: the kill needs a load");
    }
    return new DemoOptions(
        preset,
        fixedNs,
        durationNs,
        Units.parseSize("--memory", memory),
        result.seed,
        connections,
        KEYS,
        verify,
        record,
        settings);
  }

  private int run(DemoOptions options, DemoResult result) throws IOException, InterruptedException {
    Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
    Leftovers.removeDead(temporary, PREFIX);
    Path directory = Leftovers.directory(temporary, PREFIX);
    say("seed " + result.seed + ", files in " + directory);
    boolean keep = true;
    try {
      new DemoRun(options, result, DemoCommand::say).run(directory);
      DemoRules.judge(result, options.verify());
      keep = !result.isOk();
    } catch (UserError e) {
      keep = e.exitCode() != ExitCode.INTERRUPTED;
      throw e;
    } finally {
      clean(directory, keep);
    }
    return result.isOk() ? ExitCode.OK : ExitCode.FAILED;
  }

  /** Progress goes to stderr: stdout belongs to the result. */
  private static void say(String line) {
    System.err.println("demo: " + line);
  }

  /** What failed is kept: configurations, logs and last status of both nodes. */
  private static void clean(Path directory, boolean keep) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    if (!keep || !Files.exists(directory.resolve("a"))) {
      Leftovers.deleteTree(directory);
      return;
    }
    Path kept = directory.resolveSibling(PREFIX + "-failed-" + System.currentTimeMillis());
    Files.move(directory, kept);
    say("logs and last status of both nodes are kept in " + kept);
  }
}
