package org.understudy.lab.demo;

import java.nio.file.Path;
import java.util.List;

/**
 * What the demo was asked for.
 *
 * @param preset preset of both nodes
 * @param fixedEpochNs length of fixed epochs; 0 for adaptive ones, -1 for the preset's own
 * @param durationNs time of the load, population excluded
 * @param memoryBytes protected memory
 * @param seed of load and kill
 * @param connections clients
 * @param keys keys
 * @param verify compare region and image
 * @param record file of the history; null for none
 * @param settings further lines of both configuration files
 */
record DemoOptions(
    String preset,
    long fixedEpochNs,
    long durationNs,
    long memoryBytes,
    long seed,
    int connections,
    int keys,
    boolean verify,
    Path record,
    List<String> settings) {
  /** The preset decides. */
  static final long PRESET_EPOCHS = -1;
}
