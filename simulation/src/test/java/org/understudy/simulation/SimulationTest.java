package org.understudy.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Random runs: {@code -Dsim.first=N -Dsim.seeds=N} choose them, each failure names its seed. */
@Execution(ExecutionMode.SAME_THREAD)
class SimulationTest {
  private static final long FIRST = Long.getLong("sim.first", 1);
  private static final long SEEDS = Long.getLong("sim.seeds", 3000);
  private static final long SEEDS_FOR_A_PLANTED_FAULT = 4000; // the rarest shows in one of 2000

  @Test
  void shouldHoldEveryInvariantWhenEverythingGoesWrong() {
    Statistics all = new Statistics();
    for (long seed = FIRST; seed < FIRST + SEEDS; seed++) {
      all.add(Simulation.run(seed, PlantedFault.NONE, false));
    }
    System.out.println("simulation, seeds " + FIRST + " to " + (FIRST + SEEDS - 1));
    System.out.print(all.describe());
    assertThat(all.missing()).as("fault kinds and states that were never reached").isEmpty();
    assertThat(all.takeovers).isGreaterThan(SEEDS / 10);
  }

  @Test
  void shouldRepeatARunExactlyWhenTheSeedIsTheSame() {
    String first = Simulation.run(42, PlantedFault.NONE, false).describe();
    assertThat(Simulation.run(42, PlantedFault.NONE, false).describe()).isEqualTo(first);
  }

  @ParameterizedTest
  @EnumSource(value = PlantedFault.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void shouldFindThePlantedFaultWhenRunOverManySeeds(PlantedFault planted) {
    for (long seed = 1; seed <= SEEDS_FOR_A_PLANTED_FAULT; seed++) {
      try {
        Simulation.run(seed, planted, false);
      } catch (Violation found) {
        System.out.println(planted + " found: " + found.getMessage());
        return;
      }
    }
    throw new AssertionError(planted + " was not found in " + SEEDS_FOR_A_PLANTED_FAULT + " seeds");
  }
}
