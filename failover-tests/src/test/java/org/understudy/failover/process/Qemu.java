package org.understudy.failover.process;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.util.Arrays;

/** What tests of virtual machines need. */
final class Qemu {
  static final String PROGRAM = "qemu-system-x86_64";

  private Qemu() {}

  static void assumeInstalled() {
    assumeTrue(
        Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
            .anyMatch(folder -> new File(folder, PROGRAM).canExecute()),
        PROGRAM + " is missing: install qemu-system-x86");
  }
}
