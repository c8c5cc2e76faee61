package org.understudy.failover.vm;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Which of the versions that can be had are tried: the newest package of each minor version. */
final class MatrixVersions {
  /** What users have: where there is none of them, the table says so. */
  private static final List<String> EXPECTED = List.of("7.2", "8.2", "9", "10");

  private MatrixVersions() {}

  /** Such as 10.0 of 1:10.0.2+ds-2+deb13u1~bpo12+1. */
  static String minorOf(String debianVersion) {
    String upstream = debianVersion.replaceFirst("^[0-9]+:", "").replaceFirst("[-+~].*", "");
    String[] numbers = upstream.split("\\.");
    return numbers.length < 2 ? upstream : numbers[0] + "." + numbers[1];
  }

  /**
   * The newest package of each minor version, the oldest first; not of that which the machine has.
   *
   * @param available Debian's versions, the oldest first
   * @param own version of the machine's own QEMU; empty without one
   */
  static List<String> wanted(List<String> available, String own) {
    Map<String, String> newest = new LinkedHashMap<>();
    available.forEach(version -> newest.put(minorOf(version), version));
    if (!own.isEmpty()) {
      newest.remove(minorOf(own));
    }
    return List.copyOf(newest.values());
  }

  /** Those of the expected ones of which there is none. */
  static List<String> absent(List<String> minors) {
    List<String> absent = new ArrayList<>(EXPECTED);
    absent.removeIf(
        expected -> minors.stream().anyMatch(minor -> (minor + ".").startsWith(expected + ".")));
    return absent;
  }
}
