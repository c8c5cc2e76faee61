package org.understudy.lab.bench.presets;

/**
 * What every row shares.
 *
 * @param durationNs length of the paced part; the part at full speed takes half of it
 * @param epochNs fixed epoch length
 * @param perSecond rate of the paced part
 * @param pipeline most operations in flight on a connection at full speed
 * @param memoryBytes protected memory
 */
record PresetOptions(
    long durationNs, long epochNs, double perSecond, int pipeline, long memoryBytes) {}
