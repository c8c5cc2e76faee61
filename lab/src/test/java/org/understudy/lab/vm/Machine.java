package org.understudy.lab.vm;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;

/**
 * What tests with namespaces or a real guest need; where it is missing they are skipped by name.
 */
final class Machine {
  private Machine() {}

  static void assumeAll() {
    Requirements requirements = new Requirements();
    assumeTrue(requirements.missing().isEmpty(), requirements.text());
  }

  /** Namespaces alone need no QEMU. */
  static void assumeNamespaces() {
    Requirements requirements = new Requirements();
    assumeTrue(
        requirements.missing().stream().noneMatch(List.of("root", "ip")::contains),
        requirements.text());
  }
}
