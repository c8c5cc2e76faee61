package org.understudy.lab.vm;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.understudy.node.program.ExitCode;
import org.understudy.node.program.UserError;
import org.understudy.node.program.Version;

/** What a benchmark with virtual machines needs of this machine, made and removed around it. */
public final class BenchStage {
  private static final String PREFIX = "understudy-bench-vm";

  private BenchStage() {}

  /**
   * Makes image and namespaces, runs the same command once more as the client, with {@code --owner}
   * and {@code --files}, and removes everything however that ends.
   *
   * @param memoryBytes RAM of the largest guest
   * @param arguments of the command
   * @return exit code
   */
  public static int run(long memoryBytes, List<String> arguments, Consumer<String> progress)
      throws IOException, InterruptedException {
    return run(new VmStage(PREFIX, progress), Version.mainClass(), memoryBytes, arguments);
  }

  /** The same for another stage and program. */
  static int run(VmStage stage, String main, long memoryBytes, List<String> arguments)
      throws IOException, InterruptedException {
    Requirements requirements = new Requirements();
    if (!requirements.missing().isEmpty()) {
      throw new UserError(ExitCode.REFUSED, requirements.text());
    }
    try (stage) {
      stage.prepare(memoryBytes);
      List<String> inner = new ArrayList<>(arguments);
      inner.addAll(List.of("--owner", Long.toString(ProcessHandle.current().pid())));
      inner.addAll(List.of("--files", stage.directory().toString()));
      int code = InnerProcess.run(stage.clientPrefix(), stage.home().toString(), main, inner);
      stage.keepFiles(code != ExitCode.OK && code != ExitCode.INTERRUPTED);
      return code;
    } catch (VmStage.UnavailableException e) {
      throw new UserError(ExitCode.REFUSED, e.getMessage(), e);
    }
  }
}
