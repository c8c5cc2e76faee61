package org.understudy.failover.process;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;
import org.understudy.node.demo.TakeoverParts;
import org.understudy.node.demo.Verdict;

/** The figures of all chains of a run. */
public final class KillSummary {
  private final List<KillOutcome> kills = new ArrayList<>();
  private final List<String> failures = new ArrayList<>();
  private long acknowledged;
  private long unknown;
  private long lost;
  private long duplicated;
  private long reordered;
  private long wrong;

  /** Adds a chain. */
  public void add(ChainResult chain) {
    kills.addAll(chain.kills);
    failures.addAll(chain.failures);
    Verdict verdict = chain.verdict;
    if (verdict != null) {
      acknowledged += verdict.acknowledged();
      unknown += verdict.unknown();
      lost += verdict.lost();
      duplicated += verdict.duplicated();
      reordered += verdict.reordered();
      wrong += verdict.wrong();
    }
  }

  /** Nothing went wrong. */
  public boolean isOk() {
    return failures.isEmpty();
  }

  /** Kills of this kind. */
  public long count(Kill.Target target) {
    return of(target).size();
  }

  private List<KillOutcome> of(Kill.Target target) {
    return kills.stream().filter(kill -> kill.kill.target() == target).toList();
  }

  /** Several lines. */
  public String describe() {
    StringBuilder text = new StringBuilder();
    List<KillOutcome> primaries = of(Kill.Target.PRIMARY);
    line(
        text,
        "%d kills of the primary, %d of the backup, %d of a backup during its initial copy",
        primaries.size(),
        count(Kill.Target.BACKUP),
        count(Kill.Target.SYNCING_BACKUP));
    line(
        text,
        "%,d operations acknowledged; lost %d, doubled %d, reordered %d, wrong replies %d; %d unknown",
        acknowledged,
        lost,
        duplicated,
        reordered,
        wrong,
        unknown);
    line(
        text,
        "connections broken by a dead primary: %d",
        primaries.stream().mapToInt(kill -> kill.broken).sum());
    if (!primaries.isEmpty()) {
      line(text, "type I downtime: %s", quantiles(primaries, KillOutcome::totalUs));
      line(text, "  (process gone: %s)", quantiles(primaries, kill -> kill.goneUs));
      for (String part : TakeoverParts.NAMES) {
        line(text, "  %-12s %s", part, quantiles(primaries, kill -> kill.partsUs.get(part)));
      }
    }
    List<KillOutcome> backups = of(Kill.Target.BACKUP);
    if (!backups.isEmpty()) {
      line(
          text,
          "clients of a dead backup answered by the primary's front: %s",
          quantiles(backups, kill -> kill.reachUs));
    }
    failures.forEach(failure -> line(text, "FAILED: %s", failure));
    line(text, "verdict: %s", isOk() ? "ok" : "failed");
    return text.toString();
  }

  private static void line(StringBuilder text, String format, Object... arguments) {
    text.append(String.format(format, arguments)).append('\n');
  }

  private static String quantiles(List<KillOutcome> kills, ToLongFunction<KillOutcome> valueUs) {
    long[] sorted = kills.stream().mapToLong(valueUs).sorted().toArray();
    return String.format(
        "median %.1f ms, p90 %.1f ms, max %.1f ms",
        at(sorted, 0.5), at(sorted, 0.9), at(sorted, 1.0));
  }

  private static double at(long[] sorted, double quantile) {
    int index = (int) Math.min(sorted.length - 1, Math.floor(sorted.length * quantile));
    return sorted[index] / 1000.0;
  }
}
