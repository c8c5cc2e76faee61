package org.understudy.lab.bench.encode;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.understudy.node.program.ExitCode;
import org.understudy.node.program.UserError;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Encodes page pairs with every codec and decodes them again. */
@Command(
    name = "encode",
    mixinStandardHelpOptions = true,
    description = {
      "Encodes page pairs (see 'bench capture') with the project's codec and its peers.",
      "Exit code 1 if a fresh decoder does not rebuild every page."
    })
public final class BenchEncodeCommand implements Callable<Integer> {
  @Parameters(paramLabel = "FILE", arity = "1..*", description = "Page pairs, plain or zstd.")
  private List<Path> files;

  @Option(
      names = "--epoch-pages",
      defaultValue = "1000",
      description = "Pages of one epoch (default: ${DEFAULT-VALUE}).")
  private int epochPages;

  @Option(
      names = "--millis",
      defaultValue = "1000",
      description = "Time for each direction of each codec, ms (default: ${DEFAULT-VALUE}).")
  private int millis;

  @Option(names = "--codec", description = "Only this codec; may be repeated.")
  private List<String> codecs = new ArrayList<>();

  @Option(names = "--json", description = "Print JSON alone.")
  private boolean json;

  @Override
  public Integer call() throws InterruptedException {
    if (epochPages < 1 || epochPages > EncodeBench.MAX_EPOCH_PAGES) {
      throw new UserError(
          ExitCode.USAGE,
          "--epoch-pages is " + epochPages + ": use 1 to " + EncodeBench.MAX_EPOCH_PAGES);
    }
    EncodeBench bench = new EncodeBench(epochPages, millis * 1_000_000L);
    List<EncodeBench.FileResult> results = new ArrayList<>();
    for (Path file : files) {
      try (PairFile pairs = PairFile.load(file)) {
        results.add(bench.run(pairs, codecs));
      }
    }
    EncodeReport report = new EncodeReport(results);
    System.out.println(json ? report.json() : report.table());
    return report.allVerified() ? ExitCode.OK : ExitCode.FAILED;
  }
}
