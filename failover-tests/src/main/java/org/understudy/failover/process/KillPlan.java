package org.understudy.failover.process;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Which node dies when: everything that chance decides, from a seed. */
public final class KillPlan {
  /** Latest kill after the clients have arrived: several epochs of every preset. */
  static final long MAX_DELAY_US = 1_200_000;

  /** Latest kill after the initial copy has begun; small memory is copied by then. */
  static final long MAX_SYNC_DELAY_US = 300_000;

  /** One backup of so many dies during its initial copy. */
  private static final int SYNCING_EVERY = 5;

  private KillPlan() {}

  /**
   * The kills of a run, in chains that one pair lives through. A cut link has a pair for itself:
   * afterwards the clients' front lies beyond it.
   *
   * @param chain most kills of one chain
   */
  public static List<List<Kill>> of(KillCounts counts, int chain, long seed) {
    Random random = new Random(seed);
    List<Kill.Target> targets =
        new ArrayList<>(Collections.nCopies(counts.primary(), Kill.Target.PRIMARY));
    for (int i = 0; i < counts.backup(); i++) {
      boolean syncing = i % SYNCING_EVERY == SYNCING_EVERY - 1;
      targets.add(syncing ? Kill.Target.SYNCING_BACKUP : Kill.Target.BACKUP);
    }
    targets.addAll(Collections.nCopies(counts.frozen(), Kill.Target.FROZEN_PRIMARY));
    Collections.shuffle(targets, random);
    List<List<Kill>> chains = new ArrayList<>();
    for (int i = 0; i < targets.size(); i++) {
      if (i % chain == 0) {
        chains.add(new ArrayList<>());
      }
      Kill.Target target = targets.get(i);
      long latestUs = target == Kill.Target.SYNCING_BACKUP ? MAX_SYNC_DELAY_US : MAX_DELAY_US;
      chains.getLast().add(new Kill(i + 1, target, random.nextLong(latestUs)));
    }
    for (int i = 1; i <= counts.cutLinks(); i++) {
      int number = targets.size() + i;
      chains.add(List.of(new Kill(number, Kill.Target.CUT_LINK, random.nextLong(MAX_DELAY_US))));
    }
    return chains;
  }
}
