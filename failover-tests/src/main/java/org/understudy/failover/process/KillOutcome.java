package org.understudy.failover.process;

import java.util.Map;
import java.util.stream.Collectors;

/** What came of one kill; filled in two steps, after the kill and when the history is judged. */
public final class KillOutcome {
  final Kill kill;

  /** When the signal was sent, in nanoseconds of the load's clock. */
  final long atNs;

  /** Type I downtime by part in microseconds; empty unless the primary died. */
  final Map<String, Long> partsUs;

  /** Connections that broke because of it. */
  final int broken;

  /** From the signal until the process was gone: memory freed, sockets closed, reaped. */
  final long goneUs;

  /** Operations that were in flight at the kill. */
  int inFlight;

  /** Of these, operations that were never answered. */
  int unknown;

  /** Median time until a client of a dead backup had its first answer elsewhere; 0 if none. */
  long reachUs;

  KillOutcome(Kill kill, long atNs, long goneNs, Map<String, Long> partsUs, int broken) {
    this.kill = kill;
    this.atNs = atNs;
    this.goneUs = (goneNs - atNs) / 1000;
    this.partsUs = partsUs;
    this.broken = broken;
  }

  /** Type I downtime in microseconds. */
  long totalUs() {
    return partsUs.values().stream().mapToLong(Long::longValue).sum();
  }

  /** One line. */
  String describe() {
    String head =
        String.format(
            "kill %3d %-14s after %6.1f ms, %d in flight, process gone after %.1f ms",
            kill.number(), kill.target(), kill.delayUs() / 1000.0, inFlight, goneUs / 1000.0);
    return switch (kill.target()) {
      case PRIMARY ->
          head
              + String.format(": type I %.1f ms (", totalUs() / 1000.0)
              + partsUs.entrySet().stream()
                  .map(part -> String.format("%s %.1f", part.getKey(), part.getValue() / 1000.0))
                  .collect(Collectors.joining(", "))
              + "), "
              + broken
              + " connections broken";
      case BACKUP ->
          head
              + String.format(
                  ": clients answered by the primary's front after %.1f ms (median), %d unknown",
                  reachUs / 1000.0, unknown);
      case SYNCING_BACKUP -> head + ": " + broken + " connections broken";
    };
  }
}
