package org.understudy.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Random runs, on all processors: the same seeds each time, and some that nobody ever ran. {@code
 * -Dsim.first=N -Dsim.seeds=N -Dsim.fresh=SEED -Dsim.freshSeeds=N} choose them; each failure names
 * its seed, which {@code build/simulate --seed} replays.
 */
@Execution(ExecutionMode.SAME_THREAD)
class SimulationTest {
  private static final long FIRST = Long.getLong("sim.first", 1);
  private static final long SEEDS = Long.getLong("sim.seeds", 3000);
  private static final long FRESH =
      Long.getLong("sim.fresh", ThreadLocalRandom.current().nextLong(1L << 40));
  private static final long FRESH_SEEDS = Long.getLong("sim.freshSeeds", 500);
  private static final long SEEDS_FOR_A_PLANTED_FAULT = 4000; // most show within 50

  @Test
  void shouldHoldEveryInvariantWhenEverythingGoesWrong() {
    Statistics all = run(FIRST, SEEDS);
    assertThat(all.missing()).as("faults and losses that never came").isEmpty();
    assertThat(all.takeovers).isGreaterThan(SEEDS / 10);
    assertThat(all.primary.missing())
        .as("transitions of a primary that were not taken, beside those that the test names")
        .isSubsetOf(NotTaken.BY_A_PRIMARY.keySet());
    assertThat(all.backup.missing())
        .as("transitions of a backup that were not taken, beside those that the test names")
        .isSubsetOf(NotTaken.BY_A_BACKUP.keySet());
  }

  @Test
  void shouldHoldEveryInvariantWhenNobodyEverRanTheSeed() {
    run(FRESH, FRESH_SEEDS);
  }

  private static Statistics run(long first, long seeds) {
    System.out.printf("simulation, seeds %d to %d%n", first, first + seeds - 1);
    SeedRange range = new SeedRange(first, seeds, PlantedFault.NONE, Set.of(), 0, Parts.SESSIONS);
    range.run(SeedRange.Progress.NONE);
    System.out.print(range.statistics().describe());
    assertThat(range.found())
        .as(
            range.found().stream()
                .map(SeedRange.Found::message)
                .collect(Collectors.joining(System.lineSeparator())))
        .isEmpty();
    return range.statistics();
  }

  @Test
  void shouldRepeatARunExactlyWhenTheSeedIsTheSame() {
    String first = one(42);
    assertThat(one(42)).isEqualTo(first);
  }

  private static String one(long seed) {
    return Simulation.run(seed, PlantedFault.NONE, false, Set.of(), Parts.SESSIONS).describe();
  }

  @ParameterizedTest
  // A stale ack counted shows in fewer than one of 2,000 seeds since acks wait for the standby.
  @EnumSource(
      value = PlantedFault.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"NONE", "STALE_ACK_COUNTS"})
  void shouldFindThePlantedFaultWhenRunOverManySeeds(PlantedFault planted) {
    SeedRange range = new SeedRange(1, SEEDS_FOR_A_PLANTED_FAULT, planted, Set.of(), 0);
    range.untilFound().run(SeedRange.Progress.NONE);
    assertThat(range.found()).as("seeds that show %s", planted).isNotEmpty();
    SeedRange.Found found = range.found().getFirst();
    System.out.println(planted + " found: " + found.message());
    one(found.seed());
  }
}
