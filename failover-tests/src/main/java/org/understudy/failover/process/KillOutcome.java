package org.understudy.failover.process;

import java.util.Map;
import java.util.stream.Collectors;

/** What came of one kill; filled in two steps, after the kill and when the history is judged. */
public final class KillOutcome {
  /** No instant. */
  static final long NONE = -1;

  final Kill kill;

  /** When the signal was sent, in nanoseconds of the load's clock. */
  final long atNs;

  /** Type I downtime by part in microseconds; empty unless the primary died. */
  final Map<String, Long> partsUs;

  /** From the signal until the process was gone: memory freed, sockets closed, reaped. */
  final long goneUs;

  /** When a backup was told to end in order to make place for this kill, or {@link #NONE}. */
  long orderlyEndNs = NONE;

  /** When a fresh backup was started afterwards, or {@link #NONE}. */
  long copyNs = NONE;

  /** Operations that were in flight at the kill. */
  int inFlight;

  /** Connections that broke between it and the next copy or kill. */
  int broken;

  /** Operations that were in flight on them: took effect once or not at all. */
  int unknown;

  /** Time until the first client of a dead backup had an answer elsewhere; 0 if none. */
  long firstReachUs;

  /** Median of that time over the clients; 0 if none. */
  long reachUs;

  KillOutcome(Kill kill, long atNs, long goneNs, Map<String, Long> partsUs) {
    this.kill = kill;
    this.atNs = atNs;
    this.goneUs = (goneNs - atNs) / 1000;
    this.partsUs = partsUs;
  }

  /** Type I downtime in microseconds. */
  long totalUs() {
    return partsUs.values().stream().mapToLong(Long::longValue).sum();
  }

  /** One line. */
  String describe() {
    String head =
        String.format(
            "kill %3d %-14s after %6.1f ms, %d in flight",
            kill.number(), kill.target(), kill.delayUs() / 1000.0, inFlight);
    if (kill.target().isSigkill()) {
      head += String.format(", process gone after %.1f ms", goneUs / 1000.0);
    }
    if (kill.target().isTakeover()) {
      head += String.format(": type I %.1f ms (%s)", totalUs() / 1000.0, parts());
    } else if (kill.target() == Kill.Target.BACKUP) {
      head +=
          String.format(
              ": first answer of the primary's front after %.1f ms, median client %.1f ms",
              firstReachUs / 1000.0, reachUs / 1000.0);
    }
    return head + String.format(", %d connections broken, %d unknown", broken, unknown);
  }

  private String parts() {
    return partsUs.entrySet().stream()
        .map(part -> String.format("%s %.1f", part.getKey(), part.getValue() / 1000.0))
        .collect(Collectors.joining(", "));
  }
}
