package org.understudy.lab.bench.vm;

import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.understudy.node.program.ExitCode;
import org.understudy.node.program.UserError;

/** The benchmark's parts, in the order in which they run. */
enum VmRow {
  PAUSE(PauseRow::measure),
  REDIS(RedisRow::measure),
  CPU(CpuRow::measure),
  WIRE(WireRow::measure),
  ENDURANCE(EnduranceRow::measure);

  /** Measures one row. */
  private interface Measurement {
    VmTable measure(VmBench bench) throws IOException, InterruptedException;
  }

  private final Measurement measurement;

  VmRow(Measurement measurement) {
    this.measurement = measurement;
  }

  static VmRow of(String word) {
    return Arrays.stream(values())
        .filter(row -> row.word().equals(word))
        .findAny()
        .orElseThrow(() ->
            new UserError(
                ExitCode.USAGE,
                "--row "
                    + word
                    + " must be one of "
                    + Arrays.stream(values()).map(VmRow::word).collect(Collectors.joining(", "))));
  }

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  VmTable measure(VmBench bench) throws IOException, InterruptedException {
    return measurement.measure(bench);
  }
}
