package org.understudy.failover.process;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.understudy.lab.judge.Break;
import org.understudy.lab.judge.History;

/**
 * Holds what clients lost against what died. The end of the node whose front a client uses breaks
 * its connection, once, and leaves at most one unknown operation for each that may be in flight.
 * Nothing else breaks a connection, and without a break every operation is answered.
 */
final class BreakAudit {
  /**
   * Something that happened to the pair.
   *
   * @param what for the message
   * @param atNs in nanoseconds of the load's clock
   * @param breaks what it may do to the clients' connections
   */
  record Event(String what, long atNs, Breaks breaks) {}

  /** How often something may break one connection. */
  enum Breaks {
    NEVER,
    ONCE,
    /** A copy with the preset llm closes the clients of the solo node, and may start anew. */
    OFTEN
  }

  private final List<Event> events;
  private final int inFlightPerClient;
  private final List<String> findings = new ArrayList<>();

  private BreakAudit(List<Event> events, int inFlightPerClient) {
    this.events = events;
    this.inFlightPerClient = inFlightPerClient;
  }

  /**
   * Looks at a whole chain.
   *
   * @param events in the order of their times
   * @return what cannot be explained, one line each
   */
  static List<String> findings(
      List<Event> events, List<Break> breaks, History history, int inFlightPerClient) {
    BreakAudit audit = new BreakAudit(events, inFlightPerClient);
    audit.checkBreaks(breaks);
    audit.checkUnknown(breaks, history);
    return audit.findings;
  }

  private void checkBreaks(List<Break> breaks) {
    record Loss(int connection, Event event) {}
    Set<Loss> seen = new HashSet<>();
    for (Break one : breaks) {
      Event event = last(one.atNs());
      if (event == null || event.breaks() == Breaks.NEVER) {
        findings.add(describe(one, event) + ", though its front did not end");
      } else if (!seen.add(new Loss(one.connection(), event)) && event.breaks() == Breaks.ONCE) {
        findings.add(describe(one, event) + " for the second time");
      }
      if (one.unanswered() > inFlightPerClient) {
        findings.add(describe(one, event) + " with " + one.unanswered() + " operations in flight");
      }
    }
  }

  private Event last(long atNs) {
    return events.stream().filter(event -> event.atNs() <= atNs).reduce(null, (a, b) -> b);
  }

  private static String describe(Break one, Event event) {
    return String.format(
        "connection %d to port %d broke %s (%s)",
        one.connection(),
        one.front().getPort(),
        event == null
            ? "before anything happened"
            : String.format("%.1f ms after %s", (one.atNs() - event.atNs()) / 1e6, event.what()),
        one.reason());
  }

  private void checkUnknown(List<Break> breaks, History history) {
    Map<Integer, Integer> unknown = new TreeMap<>();
    Map<Integer, Integer> lastUnknown = new HashMap<>();
    for (int row = 0; row < history.size(); row++) {
      if (!history.isAcknowledged(row)) {
        unknown.merge(history.connection(row), 1, Integer::sum);
        lastUnknown.put(history.connection(row), row);
      }
    }
    breaks.forEach(one -> unknown.merge(one.connection(), -one.unanswered(), Integer::sum));
    unknown.forEach((connection, count) -> {
      if (count > 0) {
        findings.add(
            String.format(
                "connection %d: %d operations without an answer beyond those in flight when it"
                    + " broke; the last one: %s",
                connection, count, history.describe(lastUnknown.get(connection))));
      }
    });
  }
}
