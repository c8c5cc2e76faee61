package org.understudy.lab.pair;

import java.util.List;

/**
 * What a pair of the demo is told, beside its addresses.
 *
 * @param preset preset
 * @param memoryBytes protected memory
 * @param more further lines of both configuration files
 */
public record PairSettings(String preset, long memoryBytes, List<String> more) {
  /** Copies the lines. */
  public PairSettings {
    more = List.copyOf(more);
  }
}
