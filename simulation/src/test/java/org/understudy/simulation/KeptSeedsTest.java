package org.understudy.simulation;

import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

/**
 * Seeds that once found something: none of them does any more. After a change of the simulator they
 * are seeds like any other; new ones are added to the file as they come.
 */
class KeptSeedsTest {
  @ParameterizedTest
  @CsvFileSource(resources = "kept-seeds.csv", numLinesToSkip = 1)
  void shouldHoldWhatTheSeedOnceBroke(long seed, Parts parts, String what) {
    Simulation.run(seed, PlantedFault.NONE, false, Set.of(), parts);
  }
}
