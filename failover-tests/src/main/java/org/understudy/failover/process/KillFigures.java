package org.understudy.failover.process;

import java.util.Arrays;
import java.util.List;
import org.understudy.lab.judge.Break;
import org.understudy.lab.judge.History;

/** Reads out of a history what a kill meant to the clients. */
final class KillFigures {
  private final History history;
  private final List<Break> breaks;
  private final int connections;

  KillFigures(History history, List<Break> breaks, int connections) {
    this.history = history;
    this.breaks = breaks;
    this.connections = connections;
  }

  void measure(List<KillOutcome> kills) {
    for (int i = 0; i < kills.size(); i++) {
      long untilNs = i + 1 < kills.size() ? begin(kills.get(i + 1)) : History.NEVER;
      measure(kills.get(i), untilNs);
    }
  }

  private static long begin(KillOutcome kill) {
    return kill.orderlyEndNs == KillOutcome.NONE ? kill.atNs : kill.orderlyEndNs;
  }

  /** Rows are in the order of their invocation. */
  private void measure(KillOutcome kill, long untilNs) {
    long[] firstAnswerNs = new long[connections];
    for (int row = 0; row < history.size() && history.invokeNs(row) < untilNs; row++) {
      long returnNs = history.returnNs(row);
      if (history.invokeNs(row) <= kill.atNs) {
        if (returnNs > kill.atNs && isLastOf(row, kill.atNs)) {
          kill.inFlight++;
        }
      } else if (returnNs != History.NEVER) {
        int connection = history.connection(row);
        firstAnswerNs[connection] =
            firstAnswerNs[connection] == 0
                ? returnNs - kill.atNs
                : Math.min(firstAnswerNs[connection], returnNs - kill.atNs);
      }
    }
    if (kill.kill.target() == Kill.Target.BACKUP) {
      kill.firstReachUs = Arrays.stream(firstAnswerNs).filter(ns -> ns > 0).min().orElse(0) / 1000;
      kill.reachUs = median(firstAnswerNs) / 1000;
    }
    for (Break one : breaks) {
      long copyNs = kill.copyNs == KillOutcome.NONE ? untilNs : kill.copyNs;
      if (one.atNs() >= kill.atNs && one.atNs() < Math.min(copyNs, untilNs)) {
        kill.broken++;
        kill.unknown += one.unanswered();
      }
    }
  }

  /** Operations that an earlier kill left without an answer are not in flight any more. */
  private boolean isLastOf(int row, long killNs) {
    int connection = history.connection(row);
    for (int next = row + 1; next < history.size() && history.invokeNs(next) <= killNs; next++) {
      if (history.connection(next) == connection) {
        return false;
      }
    }
    return true;
  }

  private static long median(long[] valuesNs) {
    long[] sorted = Arrays.stream(valuesNs).filter(value -> value > 0).sorted().toArray();
    return sorted.length == 0 ? 0 : sorted[sorted.length / 2];
  }
}
