package org.understudy.vm.qemu.extra;

import java.util.List;

/**
 * One option of QEMU.
 *
 * @param name without its dashes
 * @param value as it is written; empty where the option has none
 * @param hasValue whether it has one
 */
public record ExtraOption(String name, String value, boolean hasValue) {
  /** As arguments of a command line. */
  List<String> words() {
    return hasValue ? List.of("-" + name, value) : List.of("-" + name);
  }

  @Override
  public String toString() {
    return String.join(" ", words());
  }
}
