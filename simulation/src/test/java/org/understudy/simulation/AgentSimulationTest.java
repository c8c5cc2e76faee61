package org.understudy.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * The real agents in one thread: the same seeds each time, and some that nobody ever ran. {@code
 * -Dsim.agentSeeds=N -Dsim.fresh=SEED} choose them; {@code build/simulate --parts AGENTS --seed}
 * replays one.
 */
@Execution(ExecutionMode.SAME_THREAD)
class AgentSimulationTest {
  private static final long SEEDS = Long.getLong("sim.agentSeeds", 200);
  private static final long FRESH_SEEDS = 50;
  private static final long FRESH =
      Long.getLong("sim.fresh", ThreadLocalRandom.current().nextLong(1L << 40));

  /** What these agents' world does not have. */
  private static final Set<FaultKind> NOT_HERE =
      EnumSet.of(
          FaultKind.RETAINED_LOST, // the real log keeps all that epochs of this size leave unacked
          FaultKind.LOG_FULL, // by small logs, which refuse by themselves
          FaultKind.REORDER, // a link is renewed in one of some hundred seeds
          FaultKind.MEMORY_OUT, // of forty requests, and an image is one
          FaultKind.ADDRESS_TAKEN); // sessions alone

  @Test
  void shouldHoldEveryInvariantWhenTheAgentsRun() {
    Statistics all = run(1, SEEDS);
    assertThat(all.agentRuns).isEqualTo(SEEDS);
    assertThat(all.takeovers).isGreaterThan(SEEDS / 2);
    assertThat(all.replayed).isGreaterThan(SEEDS);
    for (FaultKind kind : EnumSet.complementOf(EnumSet.copyOf(NOT_HERE))) {
      assertThat(all.faults[kind.ordinal()]).as("faults of kind %s", kind).isPositive();
    }
    AgentMessages.NAMES.forEach((template, name) ->
        assertThat(all.lostByTemplate[template]).as("lost %s", name).isPositive());
  }

  @Test
  void shouldHoldEveryInvariantWhenNobodyEverRanTheSeed() {
    run(FRESH, FRESH_SEEDS);
  }

  @Test
  void shouldRepeatARunExactlyWhenTheSeedIsTheSame() {
    for (long seed = 40; seed < 44; seed++) {
      assertThat(one(seed)).isEqualTo(one(seed));
    }
  }

  private static String one(long seed) {
    return Simulation.run(seed, PlantedFault.NONE, false, Set.of(), Parts.AGENTS).describe();
  }

  private static Statistics run(long first, long seeds) {
    System.out.printf("agents, seeds %d to %d%n", first, first + seeds - 1);
    SeedRange range = new SeedRange(first, seeds, PlantedFault.NONE, Set.of(), 0, Parts.AGENTS);
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
}
