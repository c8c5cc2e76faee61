package org.understudy.failover.process;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;
import org.understudy.lab.judge.Verdict;
import org.understudy.lab.pair.TakeoverParts;

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
    line(text, "%s", counts());
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
        "connections broken by takeovers: %d; by %d dead backups: %d, with %d operations in flight",
        kills.stream()
            .filter(kill -> kill.kill.target().isTakeover())
            .mapToInt(k -> k.broken)
            .sum(),
        count(Kill.Target.BACKUP),
        of(Kill.Target.BACKUP).stream().mapToInt(kill -> kill.broken).sum(),
        of(Kill.Target.BACKUP).stream().mapToInt(kill -> kill.unknown).sum());
    takeovers(text, Kill.Target.PRIMARY, "type I downtime, SIGKILL");
    takeovers(text, Kill.Target.FROZEN_PRIMARY, "type I downtime, SIGSTOP");
    takeovers(text, Kill.Target.CUT_LINK, "type I downtime, cut link");
    List<KillOutcome> backups = of(Kill.Target.BACKUP);
    if (!backups.isEmpty()) {
      line(
          text,
          "clients of a dead backup answered by the primary's front: %s",
          quantiles(backups, kill -> kill.reachUs));
      line(text, "  (the first of them: %s)", quantiles(backups, kill -> kill.firstReachUs));
    }
    failures.forEach(failure -> line(text, "FAILED: %s", failure));
    line(text, "verdict: %s", isOk() ? "ok" : "failed");
    return text.toString();
  }

  private String counts() {
    return String.format(
        "%d kills of the primary, %d of the backup, %d of a backup during its initial copy,"
            + " %d frozen primaries, %d cut links",
        count(Kill.Target.PRIMARY),
        count(Kill.Target.BACKUP),
        count(Kill.Target.SYNCING_BACKUP),
        count(Kill.Target.FROZEN_PRIMARY),
        count(Kill.Target.CUT_LINK));
  }

  private void takeovers(StringBuilder text, Kill.Target target, String title) {
    List<KillOutcome> made = of(target);
    if (made.isEmpty()) {
      return;
    }
    line(text, "%s: %s", title, quantiles(made, KillOutcome::totalUs));
    if (target.isSigkill()) {
      line(text, "  (process gone: %s)", quantiles(made, kill -> kill.goneUs));
    }
    for (String part : TakeoverParts.NAMES) {
      line(text, "  %-12s %s", part, quantiles(made, kill -> kill.partsUs.get(part)));
    }
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
