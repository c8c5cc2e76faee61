package org.understudy.simulation.planted;

import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.understudy.simulation.PlantedFault;
import org.understudy.simulation.Simulation;
import org.understudy.simulation.Violation;
import org.understudy.simulation.planted.Outcome.Verdict;

/** Plants one error: compiles the touched file alone and runs what has to catch it. */
final class PatchTrial {
  /** Seeds within which a patch has to be caught. */
  static final int SEEDS = 3000;

  private static final long LONGEST_MINUTES = 10;
  private static final int LAST_WORDS = 1000;

  /** Classes of tests that have run, or are being run, without a patch. */
  private static final Set<String> SOUND = ConcurrentHashMap.newKeySet();

  private static final Pattern FOUND =
      Pattern.compile("\"found\":\\[\\{\"seed\":(\\d+),\"what\":\"(.*?)\"}");
  private static final Pattern RAN = Pattern.compile("\\[\\s*(\\d+) tests (started|failed)");

  private final Modules modules;
  private final Patch patch;
  private final Path directory;
  private final long startNs = System.nanoTime();

  private PatchTrial(Modules modules, Patch patch, Path directory) {
    this.modules = modules;
    this.patch = patch;
    this.directory = directory;
  }

  /** Runs one patch in a directory of its own. */
  static Outcome of(Modules modules, Patch patch) throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("planted-");
    try {
      return new PatchTrial(modules, patch, directory).run();
    } finally {
      try (var files = Files.walk(directory)) {
        files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
      }
    }
  }

  private Outcome run() throws IOException, InterruptedException {
    String wrong = compile();
    if (wrong != null) {
      return outcome(Verdict.BROKEN, "", 0, wrong);
    }
    return patch.test() == null ? runSeeds() : runTest(patch.test());
  }

  private Path classes() {
    return directory.resolve("classes");
  }

  /** Returns null, or what is wrong. */
  private String compile() throws IOException {
    String text;
    try {
      text = patch.apply(modules.root());
    } catch (IllegalArgumentException e) {
      return e.getMessage();
    }
    Path source = directory.resolve(Path.of(patch.diff().file()).getFileName());
    Files.writeString(source, text);
    Files.createDirectories(classes());
    var compiler = ToolProvider.getSystemJavaCompiler();
    try (var files = compiler.getStandardFileManager(null, null, null)) {
      List<String> options =
          List.of(
              "-nowarn",
              "-proc:none",
              "--release",
              "25",
              "--add-modules",
              "jdk.incubator.vector",
              "-d",
              classes().toString(),
              "-cp",
              String.join(File.pathSeparator, modules.classPath(patch.module(), false)));
      StringWriter messages = new StringWriter();
      boolean compiles =
          compiler
              .getTask(messages, files, null, options, null, files.getJavaFileObjects(source))
              .call();
      return compiles ? null : "does not compile: " + messages;
    }
  }

  private Outcome runSeeds() throws IOException, InterruptedException {
    List<String> command = java("simulation", false, true);
    command.addAll(
        List.of(
            "org.understudy.simulation.SimulationMain",
            "--seeds=" + SEEDS,
            "--until-found",
            "--threads=1",
            "--json"));
    Run run = start(command, modules.root());
    Matcher found = FOUND.matcher(run.output);
    if (found.find()) {
      long seeds = Long.parseLong(found.group(1));
      String without = withoutIt(seeds);
      return without == null
          ? outcome(Verdict.CAUGHT, "seed " + seeds, seeds, found.group(2))
          : outcome(Verdict.BROKEN, "", 0, "without it too: " + without);
    }
    return run.exit == 0
        ? outcome(Verdict.SURVIVED, SEEDS + " seeds", SEEDS, "no violation")
        : outcome(Verdict.BROKEN, "", 0, run.describe());
  }

  /** What the seed finds in the code as it is: null, or the patch is not what was found. */
  private static String withoutIt(long seed) {
    try {
      Simulation.run(seed, PlantedFault.NONE, false);
      return null;
    } catch (Violation violation) {
      return violation.getMessage();
    }
  }

  /**
   * A test that fails without the patch as well has caught nothing. Whether tests of its class can
   * run here is looked at once.
   */
  private Outcome runTest(Patch.Test test) throws IOException, InterruptedException {
    Outcome outcome = runTest(test, true);
    boolean isNew = SOUND.add(test.module() + " " + test.selection().split("#")[0]);
    if (outcome.verdict() != Verdict.CAUGHT || !isNew) {
      return outcome;
    }
    Outcome without = runTest(test, false);
    return without.verdict() == Verdict.SURVIVED
        ? outcome
        : outcome(Verdict.BROKEN, "", 0, "without it too: " + without.text());
  }

  private Outcome runTest(Patch.Test test, boolean isPlanted)
      throws IOException, InterruptedException {
    List<String> command = java(test.module(), true, isPlanted);
    String[] parts = test.selection().split("#");
    String name = modules.fullName(test.module(), parts[0]);
    command.addAll(
        List.of(
            "org.junit.platform.console.ConsoleLauncher",
            "execute",
            "--disable-banner",
            "--disable-ansi-colors",
            "--details=summary",
            // What hangs in a planted test may hang where no interrupt wakes it.
            "--config=junit.jupiter.execution.timeout.thread.mode.default=SEPARATE_THREAD",
            "--include-engine=junit-jupiter"));
    // A method by its name, whatever its parameters are.
    command.add("--select-class=" + name);
    if (parts.length > 1) {
      command.add("--include-methodname=.*[.]" + parts[0] + "#" + parts[1] + "(\\(.*)?");
    }
    Run run = start(command, modules.root().resolve(test.module()));
    long started = 0;
    long failed = 0;
    Matcher ran = RAN.matcher(run.output);
    while (ran.find()) {
      long count = Long.parseLong(ran.group(1));
      started = ran.group(2).equals("started") ? count : started;
      failed = ran.group(2).equals("failed") ? count : failed;
    }
    if (started == 0 && run.isKilledByOurCode()) {
      return outcome(Verdict.CAUGHT, test.toString(), 0, "an Error that ends the test runner");
    }
    if (started == 0) {
      return outcome(Verdict.BROKEN, "", 0, "no test ran: " + run.describe());
    }
    return failed > 0
        ? outcome(Verdict.CAUGHT, test.toString(), 0, run.reason())
        : outcome(Verdict.SURVIVED, test.toString(), 0, "the test passes");
  }

  private List<String> java(String module, boolean isTest, boolean isPlanted) throws IOException {
    List<String> path = new ArrayList<>();
    if (isPlanted) {
      path.add(classes().toString());
    }
    path.addAll(modules.classPath(module, isTest));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(modules.flags());
    command.add("-Xmx1g");
    command.add("-XX:+UseSerialGC");
    command.add("-Dbasedir=" + modules.root().resolve(module));
    command.add("-Dmaven.multiModuleProjectDirectory=" + modules.root());
    command.add("-cp");
    command.add(String.join(File.pathSeparator, path));
    return command;
  }

  private record Run(int exit, String output) {
    String describe() {
      int from = Math.max(0, output.length() - LAST_WORDS);
      return "exit code " + exit + ", last words: " + output.substring(from).strip();
    }

    /** JUnit gives up at some Errors, no memory among them, and sums nothing up. */
    boolean isKilledByOurCode() {
      return exit != 0 && output.contains("\tat org.understudy.");
    }

    /** The first line that says what failed. */
    String reason() {
      return output
          .lines()
          .map(String::strip)
          .filter(line -> line.startsWith("=>"))
          .findFirst()
          .orElse("");
    }
  }

  private Run start(List<String> command, Path in) throws IOException, InterruptedException {
    Path output = directory.resolve("output");
    Process process =
        new ProcessBuilder(command)
            .directory(in.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    Thread end = new Thread(process::destroyForcibly);
    Runtime.getRuntime().addShutdownHook(end);
    boolean ended = process.waitFor(LONGEST_MINUTES, TimeUnit.MINUTES);
    process.destroyForcibly();
    Runtime.getRuntime().removeShutdownHook(end);
    String text = Files.readString(output);
    return ended
        ? new Run(process.exitValue(), text)
        : new Run(-1, text + "\nno end within " + LONGEST_MINUTES + " minutes");
  }

  private Outcome outcome(Verdict verdict, String by, long seeds, String text) {
    double seconds = (System.nanoTime() - startNs) / 1e9;
    return new Outcome(patch, verdict, by, seeds, text, seconds);
  }
}
