package org.understudy.simulation;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs any number of seeds of the simulator, or replays one; see docs/safety.md. */
@Command(
    name = "build/simulate",
    mixinStandardHelpOptions = true,
    description = "Runs whole pairs from seeds, with faults, and judges them.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:no violation", "1:a violation", "2:usage"})
public final class SimulationMain implements Callable<Integer> {
  private static final int SHOWN = 20;
  private static final int STACK = 15;

  @Option(names = "--seeds", defaultValue = "1000", description = "How many; default: 1000.")
  private long seeds;

  @Option(names = "--from", defaultValue = "1", description = "The first one; default: 1.")
  private long from;

  @Option(names = "--seed", description = "Only this one, with a trace of all that happens.")
  private Long seed;

  @Option(
      names = "--planted",
      description = "An error built into the model: ${COMPLETION-CANDIDATES}.")
  private PlantedFault planted = PlantedFault.NONE;

  @Option(names = "--without", split = ",", description = "Kinds of faults that are left out.")
  private Set<FaultKind> without = Set.of();

  @Option(
      names = "--parts",
      description = "What of the product runs: ${COMPLETION-CANDIDATES}; default: MIXED.")
  private Parts parts;

  @Option(names = "--threads", defaultValue = "0", description = "Default: one per processor.")
  private int threads;

  @Option(names = "--until-found", description = "No more of them after the first violation.")
  private boolean untilFound;

  @Option(names = "--json", description = "One JSON object at the end instead of text.")
  private boolean json;

  /** Runs the command. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new SimulationMain()).execute(args));
  }

  @Override
  public Integer call() {
    if (parts == null) {
      parts = Simulation.partsFor(planted);
    }
    if (seed != null && !json) {
      return replay();
    }
    if (seed != null) {
      from = seed;
      seeds = 1;
    }
    return runMany();
  }

  private int replay() {
    try {
      System.out.print(Simulation.run(seed, planted, true, without, parts).describe());
      return 0;
    } catch (Violation violation) {
      System.out.println("VIOLATION " + violation.getMessage());
      if (violation.getCause() != null) {
        Arrays.stream(violation.getCause().getStackTrace())
            .limit(STACK)
            .forEach(frame -> System.out.println("  at " + frame));
      }
      return 1;
    }
  }

  private int runMany() {
    SeedRange range = new SeedRange(from, seeds, planted, without, threads, parts);
    if (untilFound) {
      range.untilFound();
    }
    long startNs = System.nanoTime();
    range.run((done, violations, steps) -> {
      double seconds = (System.nanoTime() - startNs) / 1e9;
      System.err.printf(
          "%,d of %,d seeds, %d violations, %,.0f steps/s, %,.0f s left%n",
          done, seeds, violations, steps / seconds, seconds * (seeds - done) / done);
    });
    double seconds = (System.nanoTime() - startNs) / 1e9;
    if (json) {
      System.out.println(asJson(range, seconds));
    } else {
      describe(range, seconds);
    }
    return range.found().isEmpty() ? 0 : 1;
  }

  private void describe(SeedRange range, double seconds) {
    List<SeedRange.Found> found = range.found();
    found.stream().limit(SHOWN).forEach(one -> System.out.println("VIOLATION " + one.message()));
    if (found.size() > SHOWN) {
      System.out.println("... and " + (found.size() - SHOWN) + " more");
    }
    Map<String, List<SeedRange.Found>> kinds =
        found.stream()
            .collect(
                Collectors.groupingBy(
                    one -> kindOf(one.message()), TreeMap::new, Collectors.toList()));
    kinds.forEach((kind, seeds) ->
        System.out.println(
            seeds.size()
                + " x "
                + kind
                + " ("
                + seeds.stream()
                    .limit(5)
                    .map(one -> Long.toString(one.seed()))
                    .collect(Collectors.joining(", "))
                + ")"));
    System.out.printf(
        "seeds %d to %d: %d violations in %.1f s, %,.0f steps/s on %d threads, %,.0f per core%n",
        from,
        from + seeds - 1,
        found.size(),
        seconds,
        range.statistics().steps / seconds,
        range.threads(),
        range.statistics().steps / range.cpuSeconds());
    System.out.print(range.statistics().describe());
    String missing = range.statistics().missing();
    if (!missing.isEmpty()) {
      System.out.println("never reached: " + missing);
    }
  }

  /** Without seed, nodes and numbers. */
  private static String kindOf(String message) {
    String kind =
        message
            .replaceAll("^seed [0-9]+( at [0-9]+ ms)?: ", "")
            .replaceAll("n[0-9]#[0-9a-f]+", "node")
            .replaceAll(" \\(inputs [^)]*\\)| \\(committed [^)]*\\)", "")
            .replaceAll(
                "Register\\[registerId=77, generation=[0-9]+, ownership=([A-Z])[a-z]+\\[[^\\]]*\\]\\]",
                "$1")
            .replaceAll("[0-9]+", "N");
    return kind.length() > 150 ? kind.substring(0, 150) : kind;
  }

  private static String asJson(SeedRange range, double seconds) {
    Statistics all = range.statistics();
    List<String> legal = both(all.primary.all(), all.backup.all());
    List<String> taken = both(all.primary.taken(), all.backup.taken());
    String violations =
        range.found().stream()
            .map(one -> "{\"seed\":" + one.seed() + ",\"what\":" + quote(one.message()) + "}")
            .collect(Collectors.joining(",", "[", "]"));
    return "{\"seeds\":%d,\"violations\":%d,\"lostGuests\":%d,\"agentRuns\":%d,\"steps\":%d,\"stepsPerSecond\":%.0f,\"stepsPerCoreSecond\":%.0f,\"threads\":%d,\"transitions\":{\"all\":%d,\"taken\":%d,\"missing\":%s},\"neverReached\":%s,\"found\":%s}"
        .formatted(
            range.seeds(),
            range.found().size(),
            all.guestsLost,
            all.agentRuns,
            all.steps,
            all.steps / seconds,
            all.steps / range.cpuSeconds(),
            range.threads(),
            legal.size(),
            taken.size(),
            quoteAll(both(all.primary.missing(), all.backup.missing())),
            quote(all.missing()),
            violations);
  }

  private static List<String> both(List<String> primary, List<String> backup) {
    return Stream.concat(
            primary.stream().map(t -> "primary " + t), backup.stream().map(t -> "backup " + t))
        .toList();
  }

  private static String quoteAll(List<String> texts) {
    return texts.stream().map(SimulationMain::quote).collect(Collectors.joining(",", "[", "]"));
  }

  private static String quote(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", " ") + '"';
  }
}
