package org.understudy.failover.process;

import java.util.ArrayList;
import java.util.List;
import org.understudy.lab.judge.Verdict;

/** What one pair lived through; filled as it goes, so that a chain that fails still reports. */
public final class ChainResult {
  final List<KillOutcome> kills = new ArrayList<>();
  final List<String> failures = new ArrayList<>();
  Verdict verdict;

  /** Nothing acknowledged was lost, doubled or reordered, and everything else went as it must. */
  public boolean isOk() {
    return failures.isEmpty();
  }

  /** What went wrong, one line each. */
  public List<String> failures() {
    return List.copyOf(failures);
  }

  /** Kills made. */
  public List<KillOutcome> kills() {
    return List.copyOf(kills);
  }

  /** Operations of this chain that were judged; 0 if it failed before that. */
  public long acknowledged() {
    return verdict == null ? 0 : verdict.acknowledged();
  }
}
