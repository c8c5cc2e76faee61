package org.understudy.simulation.planted;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Plants errors in production code and looks whether they are caught; see docs/planted.md. */
@Command(
    name = "build/planted",
    mixinStandardHelpOptions = true,
    description = "Plants one-line errors in production code: each has to be caught.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:all caught", "1:one survived, or could not be planted", "2:usage"})
public final class PlantedMain implements Callable<Integer> {
  @Option(names = "--only", split = ",", description = "Only these patches of planted/.")
  private List<String> only = List.of();

  @Option(names = "--sample", description = "So many, drawn.")
  private Integer sample;

  @Option(names = "--seed", description = "Draws the same sample again.")
  private Long seed;

  @Option(names = "--check", description = "Only looks whether all of them apply.")
  private boolean check;

  @Option(names = "--json", description = "One JSON object at the end instead of text.")
  private boolean json;

  @Option(names = "--workers", description = "At a time; default: one per processor.")
  private int workers = Runtime.getRuntime().availableProcessors();

  @Option(names = "--root", hidden = true)
  private Path root = Path.of("");

  /** Runs the command. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new PlantedMain()).execute(args));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    root = root.toAbsolutePath().normalize();
    List<Patch> patches = choose(Patch.readAll(root.resolve("planted")));
    if (patches == null) {
      return CommandLine.ExitCode.USAGE;
    }
    return check ? apply(patches) : plant(patches);
  }

  private List<Patch> choose(List<Patch> all) {
    List<String> unknown = new ArrayList<>(only);
    all.forEach(patch -> unknown.remove(patch.id()));
    if (!unknown.isEmpty()) {
      System.err.println("build/planted: planted/ has no patch " + String.join(", ", unknown));
      return null;
    }
    List<Patch> chosen = new ArrayList<>(all);
    chosen.removeIf(patch -> !only.isEmpty() && !only.contains(patch.id()));
    if (sample != null) {
      long drawn = seed != null ? seed : System.nanoTime() & 0xffff_ffffL;
      System.err.println("sample of " + sample + ", drawn with --seed " + drawn);
      Collections.shuffle(chosen, new Random(drawn));
      chosen = chosen.subList(0, Math.min(sample, chosen.size()));
    }
    return chosen;
  }

  private int apply(List<Patch> patches) throws IOException {
    int broken = 0;
    for (Patch patch : patches) {
      try {
        patch.apply(root);
      } catch (IllegalArgumentException e) {
        broken++;
        System.out.println("planted/" + patch.id() + ".patch " + e.getMessage());
      }
    }
    System.out.println(patches.size() - broken + " of " + patches.size() + " patches apply");
    return broken == 0 ? 0 : 1;
  }

  private int plant(List<Patch> patches) throws InterruptedException {
    long startNs = System.nanoTime();
    List<Outcome> outcomes = runAll(patches);
    double seconds = (System.nanoTime() - startNs) / 1e9;
    outcomes.sort((a, b) -> a.patch().id().compareTo(b.patch().id()));
    System.out.print(json ? asJson(outcomes, seconds) : asText(outcomes, seconds));
    return outcomes.stream().allMatch(Outcome::isCaught) ? 0 : 1;
  }

  private List<Outcome> runAll(List<Patch> patches) throws InterruptedException {
    Modules modules = new Modules(root);
    List<Outcome> outcomes = new ArrayList<>();
    try (ExecutorService pool = Executors.newFixedThreadPool(Math.max(1, workers))) {
      var done = new ExecutorCompletionService<Outcome>(pool);
      for (Patch patch : patches) {
        done.submit(() -> tried(modules, patch));
      }
      for (int i = 1; i <= patches.size(); i++) {
        Outcome outcome = done.take().resultNow();
        outcomes.add(outcome);
        System.err.printf("%d of %d: %s%n", i, patches.size(), outcome.describe());
      }
    }
    return outcomes;
  }

  private static Outcome tried(Modules modules, Patch patch) throws InterruptedException {
    try {
      return PatchTrial.of(modules, patch);
    } catch (IOException | RuntimeException e) {
      return new Outcome(patch, Outcome.Verdict.BROKEN, "", 0, e.toString(), 0);
    }
  }

  private static String asText(List<Outcome> outcomes, double seconds) {
    StringBuilder text = new StringBuilder();
    for (Outcome one : outcomes) {
      String id = one.patch().id();
      text.append(
          one.isCaught()
              ? "%-36s %-8s %s%n".formatted(id, one.seeds() > 0 ? one.seeds() : "test", one.text())
              : one.describe() + System.lineSeparator());
    }
    return text.append(summary(outcomes)).append(" in %.0f s%n".formatted(seconds)).toString();
  }

  private static String summary(List<Outcome> outcomes) {
    List<Outcome> caught = outcomes.stream().filter(Outcome::isCaught).toList();
    long bySeeds = caught.stream().filter(one -> one.seeds() > 0).count();
    String rest =
        outcomes.stream()
            .filter(one -> !one.isCaught())
            .map(one -> one.patch().id())
            .collect(Collectors.joining(", "));
    return "%d of %d caught, %d by seeds%s"
        .formatted(caught.size(), outcomes.size(), bySeeds, rest.isEmpty() ? "" : "; not: " + rest);
  }

  private static String asJson(List<Outcome> outcomes, double seconds) {
    ObjectNode all = new ObjectMapper().createObjectNode();
    all.put("patches", outcomes.size());
    all.put("caught", outcomes.stream().filter(Outcome::isCaught).count());
    all.put(
        "caughtBySeeds",
        outcomes.stream().filter(one -> one.isCaught() && one.seeds() > 0).count());
    all.put("seconds", Math.round(seconds));
    ArrayNode list = all.putArray("outcomes");
    for (Outcome one : outcomes) {
      ObjectNode node = list.addObject();
      node.put("id", one.patch().id());
      node.put("rule", String.join(", ", one.patch().rules()));
      node.put("fault", one.patch().fault());
      node.put("verdict", one.verdict().toString());
      node.put("by", one.by());
      node.put("seeds", one.seeds());
      node.put("text", one.text());
      node.put("seconds", Math.round(one.seconds()));
    }
    return all + System.lineSeparator();
  }
}
