package org.understudy.cli;

import org.understudy.lab.bench.encode.BenchCaptureCommand;
import org.understudy.lab.bench.encode.BenchEncodeCommand;
import org.understudy.lab.bench.presets.BenchPresetsCommand;
import org.understudy.lab.bench.serve.BenchLatencyCommand;
import org.understudy.lab.bench.serve.BenchReturnCommand;
import org.understudy.lab.bench.serve.BenchSealCommand;
import org.understudy.lab.bench.serve.BenchStrangersCommand;
import org.understudy.lab.bench.serve.BenchThroughputCommand;
import org.understudy.lab.bench.vm.BenchVmCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Groups the benchmarks. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    subcommands = {
      BenchEncodeCommand.class,
      BenchCaptureCommand.class,
      BenchPresetsCommand.class,
      BenchThroughputCommand.class,
      BenchLatencyCommand.class,
      BenchReturnCommand.class,
      BenchSealCommand.class,
      BenchStrangersCommand.class,
      BenchVmCommand.class
    },
    description = "Measures parts of the system on this machine.")
public final class BenchCommand implements Runnable {
  @Spec private CommandLine.Model.CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "say which one: " + String.join(", ", spec.subcommands().keySet()));
  }
}
