package org.understudy.vm.qemu.extra;

import java.util.ArrayList;
import java.util.List;

/**
 * Arguments that are added to QEMU's command line, taken apart as QEMU does it. Only what can be
 * protected can be made: the rest is refused by a message that names option, value and remedy.
 */
public final class ExtraArguments {
  private final List<ExtraOption> options;

  private ExtraArguments(List<ExtraOption> options) {
    this.options = options;
  }

  /**
   * Reads and judges.
   *
   * @throws IllegalArgumentException saying what cannot be protected, and what to do instead
   */
  public static ExtraArguments of(List<String> arguments) {
    List<ExtraOption> options = new ArrayList<>();
    for (int at = 0; at < arguments.size(); at++) {
      String argument = arguments.get(at);
      if (!argument.startsWith("-")) {
        throw refused(argument, "no option takes it, and QEMU would read it as a disk image");
      }
      String name = argument.replaceFirst("^--?", "");
      if (!ExtraRules.isKnown(name)) {
        throw refused(argument, "whether it can be protected is unknown: leave it out");
      }
      boolean hasValue = ExtraRules.hasValue(name);
      if (hasValue && ++at == arguments.size()) {
        throw refused(argument, "its value is missing: it is an element of its own");
      }
      ExtraOption option = new ExtraOption(name, hasValue ? arguments.get(at) : "", hasValue);
      judge(option);
      options.add(option);
    }
    return new ExtraArguments(List.copyOf(options));
  }

  private static void judge(ExtraOption option) {
    String obstacle;
    try {
      obstacle = ExtraRules.obstacle(option);
    } catch (IllegalArgumentException e) {
      throw refused(option.toString(), e.getMessage());
    }
    if (!obstacle.isEmpty()) {
      throw refused(option.toString(), obstacle);
    }
  }

  private static IllegalArgumentException refused(String what, String why) {
    return new IllegalArgumentException("vm.extra: " + what + ": " + why);
  }

  /** For the command line. */
  public List<String> words() {
    return options.stream().flatMap(option -> option.words().stream()).toList();
  }

  /**
   * The words of the command line for a QEMU that only tries a state out, beside one that has the
   * files, sockets and ports: its character devices lead nowhere, and it has no screen.
   */
  public List<String> wordsOfTrial() {
    return options.stream()
        .flatMap(option -> HostSides.removed(option).stream())
        .flatMap(option -> option.words().stream())
        .toList();
  }

  /** What the guest can tell of it: both nodes must have that in common, but not the host sides. */
  public List<String> machineWords() {
    return options.stream()
        .flatMap(option -> HostSides.hidden(option).stream())
        .flatMap(option -> option.words().stream())
        .toList();
  }
}
