package org.understudy.failover.vm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.understudy.lab.vm.ChaosGuest;
import org.understudy.lab.vm.ChaosPair;
import org.understudy.node.config.Units;
import org.understudy.node.program.ExitCode;
import org.understudy.node.program.UserError;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Tries the QEMUs that users have, each with its own machine types; see docs/vm.md. */
@Command(
    name = "build/chaos --qemu-matrix",
    mixinStandardHelpOptions = true,
    description = {
      "Each QEMU that can be had, with its newest pc and q35, one and two processors: a machine"
          + " that a node starts is protected, taken over and moved, one that a script starts is"
          + " attached and taken over, under the load and the judge of --vm."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:each cell that was tried is well",
      "1:one is not, or none could be tried",
      "2:usage",
      "3:this machine lacks something"
    })
public final class QemuMatrixMain implements Callable<Integer> {
  private static final String OWN_PROGRAM = "qemu-system-x86_64";
  private static final List<VmFault> STARTED = List.of(VmFault.KILL_PRIMARY, VmFault.SWITCHOVER);
  private static final List<VmFault> ATTACHED = List.of(VmFault.KILL_PRIMARY);
  private static final int CONNECTIONS = 10;
  private static final int RATE = 200;

  @Option(names = "--qemu-matrix", hidden = true)
  private boolean matrix;

  @Option(
      names = "--only",
      paramLabel = "CELL",
      description = "Only these: 10.0.2/q35/2, or its beginning, such as 10.0 or 10.0/q35.")
  private String only;

  @Option(names = "--json", description = "One JSON object in place of the lines.")
  private boolean json;

  @Option(
      names = "--minutes",
      defaultValue = "60",
      description = "No cell begins that could last beyond; default: 60.")
  private int minutes;

  @Option(names = "--seed", description = "Of instants and load; default: a random one, printed.")
  private Long seed;

  @Option(names = "--memory", defaultValue = "256MiB", description = "RAM; default: 256MiB.")
  private String memory;

  @Mixin private StagedRun stage;

  @Option(names = "--findings", hidden = true)
  private Path findings;

  private final MatrixReport report = new MatrixReport();
  private final long startedNs = System.nanoTime();
  private double longestSeconds;

  private QemuMatrixMain() {}

  /** Runs the command. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new QemuMatrixMain()).execute(args));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    return stage.either(this::outside, this::inside);
  }

  // ---- the whole

  private int outside() throws IOException, InterruptedException {
    if (seed == null) {
      seed = System.nanoTime() & 0xFFFFFF;
    }
    progress("seed " + seed);
    List<MatrixCell> cells = cells();
    for (int i = 0; i < cells.size(); i++) {
      MatrixCell cell = cells.get(i);
      progress(
          String.format(
              "cell %d of %d after %.0f s: %s (%s)",
              i + 1, cells.size(), elapsedSeconds(), cell.name(), cell.type()));
      tell(report.add(tryOut(cell)));
    }
    if (json) {
      System.out.println(report.json());
    } else {
      System.out.printf("%s, %.0f s, seed %d%n", report.summary(), elapsedSeconds(), seed);
    }
    return report.isOk() ? ExitCode.OK : ExitCode.FAILED;
  }

  private List<MatrixCell> cells() throws IOException, InterruptedException {
    Path home = Path.of(System.getProperty("understudy.home", "")).toAbsolutePath();
    List<QemuProgram> programs = new ArrayList<>();
    String own = "";
    try {
      programs.add(QemuProgram.of(OWN_PROGRAM));
      own = programs.getFirst().version();
    } catch (IOException e) {
      absent("the machine's own", e.getMessage());
    }
    boolean isOwnAsked = only != null && (MatrixVersions.minorOf(own) + ".").equals(minorAsked());
    List<String> wanted = isOwnAsked ? List.of() : others(home, own);
    for (String version : wanted) {
      if (only == null || (MatrixVersions.minorOf(version) + ".").startsWith(minorAsked())) {
        try {
          programs.add(QemuProgram.fetch(home, version, this::progress));
        } catch (IOException e) {
          absent(version, e.getMessage());
        }
      }
    }
    List<MatrixCell> cells =
        programs.stream()
            .flatMap(program -> MatrixCell.of(program).stream())
            .filter(cell -> cell.isOneOf(only))
            .toList();
    if (cells.isEmpty() && only != null) {
      throw new UserError(
          ExitCode.USAGE, "--only=" + only + " is no cell: name one as 10.0.2/q35/2 or 10.0");
    }
    return cells;
  }

  private List<String> others(Path home, String own) throws IOException, InterruptedException {
    try {
      List<String> available = QemuProgram.available(home, this::progress);
      List<String> minors =
          new ArrayList<>(available.stream().map(MatrixVersions::minorOf).toList());
      minors.add(MatrixVersions.minorOf(own));
      MatrixVersions.absent(minors)
          .forEach(version ->
              absent(version, "no package of it in the machine's package sources or their mirror"));
      return MatrixVersions.wanted(available, own);
    } catch (IOException e) {
      absent("others", e.getMessage());
      return List.of();
    }
  }

  private String minorAsked() {
    return MatrixVersions.minorOf(only.split("/")[0]) + ".";
  }

  private void absent(String version, String why) {
    if (only == null) {
      tell(
          report.add(
              new MatrixReport.Line(
                  version, "", 0, MatrixReport.Verdict.NOT_TRIED, 0, List.of(why))));
    } else {
      progress(version + ": " + why);
    }
  }

  private MatrixReport.Line tryOut(MatrixCell cell) throws IOException, InterruptedException {
    if (elapsedSeconds() + longestSeconds > TimeUnit.MINUTES.toSeconds(minutes)) {
      return line(cell, MatrixReport.Verdict.NOT_TRIED, 0, List.of("no time is left for it"));
    }
    Path told = Files.createTempFile("understudy-matrix", "");
    try {
      double before = elapsedSeconds();
      int code = runInside(cell, told);
      double seconds = elapsedSeconds() - before;
      longestSeconds = Math.max(longestSeconds, seconds);
      if (code == ExitCode.OK) {
        return line(cell, MatrixReport.Verdict.OK, seconds, List.of());
      }
      List<String> reasons = new ArrayList<>(Files.readAllLines(told));
      if (reasons.isEmpty()) {
        reasons.add("the run ended with exit code " + code);
      }
      return line(cell, MatrixReport.Verdict.FAILED, seconds, reasons);
    } finally {
      Files.deleteIfExists(told);
    }
  }

  private int runInside(MatrixCell cell, Path told) throws IOException, InterruptedException {
    List<String> inner = new ArrayList<>(List.of("--seed", seed.toString(), "--memory", memory));
    inner.addAll(List.of("--findings", told.toString()));
    StagedRun.addSettings(inner, cell.settings());
    StagedRun.addSettings(inner, stage.settings);
    return ChaosPair.stage(
        QemuMatrixMain.class.getName(),
        ChaosGuest.SMALL,
        Units.parseSize("--memory", memory),
        inner,
        line -> progress("  " + line));
  }

  private static MatrixReport.Line line(
      MatrixCell cell, MatrixReport.Verdict verdict, double seconds, List<String> reasons) {
    return new MatrixReport.Line(
        cell.program().version(), cell.type(), cell.cpus(), verdict, seconds, reasons);
  }

  private double elapsedSeconds() {
    return (System.nanoTime() - startedNs) / 1e9;
  }

  private void tell(MatrixReport.Line line) {
    (json ? System.err : System.out).println(line.text());
  }

  private void progress(String line) {
    System.err.println("matrix: " + line);
  }

  // ---- one cell, in the client's namespace

  private int inside() throws IOException, InterruptedException {
    List<String> failures = new ArrayList<>(run("started", false, STARTED));
    if (failures.isEmpty()) {
      failures.addAll(run("attached", true, ATTACHED));
    }
    Files.write(findings, failures);
    return failures.isEmpty() ? ExitCode.OK : ExitCode.FAILED;
  }

  private List<String> run(String name, boolean attach, List<VmFault> faults)
      throws IOException, InterruptedException {
    Path own = Files.createDirectories(stage.files.resolve(name));
    ChaosPair.Options options =
        new ChaosPair.Options(
            ChaosGuest.SMALL,
            Units.parseSize("--memory", memory),
            seed,
            CONNECTIONS,
            RATE,
            attach,
            stage.settings);
    List<VmRound> plan = VmRound.inOrder(faults, seed);
    try (ChaosPair pair = new ChaosPair(stage.files, own, stage.owner, options)) {
      List<String> failures =
          new VmChain(pair, plan, line -> progress("  " + name + ": " + line.strip())).run(own);
      return failures.stream().map(failure -> name + ": " + failure).toList();
    }
  }
}
