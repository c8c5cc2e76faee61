package org.understudy.lab.vm;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** What the demo needs of the machine, found out before anything is made. */
final class Requirements {
  /** A program and the Debian package that has it. */
  private record Program(String name, String debianPackage) {}

  private static final List<Program> PROGRAMS =
      List.of(
          new Program("qemu-system-x86_64", "qemu-system-x86"),
          new Program("ip", "iproute2"),
          new Program("setpriv", "util-linux"));

  private static final String TUN = "/dev/net/tun";

  private final boolean isRoot;
  private final Predicate<String> hasProgram;
  private final Predicate<Path> isThere;
  private final List<String> missing = new ArrayList<>();
  private final List<String> remedies = new ArrayList<>();

  /** Of this machine. */
  Requirements() {
    this("root".equals(System.getProperty("user.name")), Tool::exists, Files::exists);
  }

  Requirements(boolean isRoot, Predicate<String> hasProgram, Predicate<Path> isThere) {
    this.isRoot = isRoot;
    this.hasProgram = hasProgram;
    this.isThere = isThere;
    check();
  }

  private void check() {
    if (!isRoot) {
      missing.add("root");
      remedies.add("run it as root (sudo): it makes network namespaces and a tap");
    }
    if (!isThere.test(Path.of(TUN))) {
      missing.add(TUN);
      remedies.add(
          "load the module ('modprobe tun'), or in a container pass the device (--device "
              + TUN
              + ")");
    }
    Set<String> packages = new LinkedHashSet<>();
    for (Program program : PROGRAMS) {
      if (!hasProgram.test(program.name())) {
        missing.add(program.name());
        packages.add(program.debianPackage());
      }
    }
    if (!packages.isEmpty()) {
      remedies.add("apt-get install --no-install-recommends " + String.join(" ", packages));
    }
  }

  /** Names of what is not there; empty if all is. */
  List<String> missing() {
    return List.copyOf(missing);
  }

  /** What is missing and what to do about it, as one text. */
  String text() {
    return text(missing, String.join("; ", remedies));
  }

  static String text(List<String> missing, String remedy) {
    return "this machine lacks "
        + String.join(", ", missing)
        + " for the demo with a virtual machine: "
        + remedy;
  }
}
