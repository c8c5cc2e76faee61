package org.understudy.failover.vm;

import java.util.ArrayList;
import java.util.List;

/**
 * A machine to be tried.
 *
 * @param program QEMU
 * @param machine {@code pc} or {@code q35}, of which the program's newest type is taken
 * @param cpus processors
 */
record MatrixCell(QemuProgram program, String machine, int cpus) {
  private static final List<String> MACHINES = List.of("pc", "q35");
  private static final List<Integer> CPUS = List.of(1, 2);

  /** All of a QEMU. */
  static List<MatrixCell> of(QemuProgram program) {
    List<MatrixCell> cells = new ArrayList<>();
    for (String machine : MACHINES) {
      CPUS.forEach(cpus -> cells.add(new MatrixCell(program, machine, cpus)));
    }
    return cells;
  }

  /** Such as pc-q35-10.0. */
  String type() {
    return program.newestTypes().get(machine);
  }

  /** As {@code --only} takes it: 10.0.2/q35/2. */
  String name() {
    return program.version() + "/" + machine + "/" + cpus;
  }

  /**
   * Whether it is asked for.
   *
   * @param only a name, or its beginning: 10.0, 10.0/q35, 10.0.2/q35/2; null for all
   */
  boolean isOneOf(String only) {
    if (only == null) {
      return true;
    }
    String[] parts = only.split("/");
    return (program.version() + ".").startsWith(parts[0] + ".")
        && (parts.length < 2 || parts[1].equals(machine))
        && (parts.length < 3 || parts[2].equals("" + cpus));
  }

  /** What makes both nodes' machine of it. */
  List<String> settings() {
    List<String> settings = new ArrayList<>(StagedRun.processors(cpus));
    settings.add("vm.program = \"" + program.path() + "\"");
    settings.add("vm.machine = \"" + type() + "\"");
    return settings;
  }
}
