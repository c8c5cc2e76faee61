package org.understudy.node.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.understudy.node.config.ConfigLoader;
import org.understudy.node.program.ExitCode;
import org.understudy.node.run.Doctor;
import org.understudy.node.run.Doctor.Finding;
import org.understudy.node.run.Doctor.Verdict;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Says whether this machine has what a node needs. */
@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    description = {
      "Looks at what a node needs of this machine: JDK, kernel, limits, shared memory, trackers,"
          + " QEMU, and with --config also at memory and arbiter of that node.",
      "Exit code 0, or 3 if something is missing without which a node cannot run."
    })
public final class DoctorCommand implements Callable<Integer> {
  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Configuration file of the node that is to run here.")
  private Path file;

  @Option(names = "--set", paramLabel = "KEY=VALUE", description = "Overrides one key of the file.")
  private List<String> overrides = new ArrayList<>();

  @Option(names = "--json", description = "Print one JSON object and nothing else on stdout.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    List<Finding> findings =
        Doctor.examine(file == null ? null : ConfigLoader.load(file, overrides));
    boolean isWell = findings.stream().noneMatch(f -> f.verdict() == Verdict.FAIL);
    int exitCode = isWell ? ExitCode.OK : ExitCode.REFUSED;
    if (json) {
      System.out.println(
          new ObjectMapper()
              .writeValueAsString(
                  Map.of("ok", isWell, "exitCode", exitCode, "findings", findings)));
      return exitCode;
    }
    for (Finding finding : findings) {
      System.out.printf(
          "%-4s  %-20s %s%n",
          finding.verdict().name().toLowerCase(Locale.ROOT), finding.what(), finding.text());
      if (!finding.remedy().isEmpty()) {
        System.out.printf("      %-20s -> %s%n", "", finding.remedy());
      }
    }
    return exitCode;
  }
}
