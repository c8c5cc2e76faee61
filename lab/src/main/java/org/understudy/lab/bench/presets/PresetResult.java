package org.understudy.lab.bench.presets;

import java.util.Map;
import org.understudy.node.status.NodeStatus.Percentiles;

/**
 * One row of the comparison. Times of the paced part except for throughput and type I.
 *
 * @param preset name, or {@code unprotected}
 * @param epoch {@code adaptive}, or the fixed length
 * @param operations of the paced part
 * @param errors error replies
 * @param pauseUs pause of the guest per capture
 * @param commitUs from capture to ack
 * @param heldUs time that output was held
 * @param clientUs from sending an operation to its reply, at the client
 * @param addedUs median of {@code clientUs} over that of the unprotected row; null without it
 * @param operationsPerSecond as fast as replies arrive, with the pipeline of the command
 * @param epochs epochs committed
 * @param initialCopyBytes the copy of the populated guest, not in {@code wireBytes}
 * @param wireBytes payload and headers from primary to backup
 * @param wireBytesByClass the same by class
 * @param dirtyPageBytes whole dirty pages
 * @param inputBytes inputs from backup to primary
 * @param cpuSeconds CPU of each process over the paced part
 * @param typeOneMs from SIGKILL under full load to the first answer; null for the unprotected row
 * @param memory what primary and backup hold
 * @param loadAverage of the machine after the row
 */
record PresetResult(
    String preset,
    String epoch,
    int operations,
    long errors,
    Percentiles pauseUs,
    Percentiles commitUs,
    Percentiles heldUs,
    Percentiles clientUs,
    Double addedUs,
    double operationsPerSecond,
    long epochs,
    long initialCopyBytes,
    long wireBytes,
    Map<String, Long> wireBytesByClass,
    long dirtyPageBytes,
    long inputBytes,
    Cpu cpuSeconds,
    Double typeOneMs,
    Memory memory,
    double loadAverage) {
  /** Name of the row without protection. */
  static final String UNPROTECTED = "unprotected";

  /** CPU time by process. */
  record Cpu(double primary, double backup, double client) {}

  /** Bytes held by both nodes; staging as its largest value. */
  record Memory(
      long regionBytes,
      long shadowBytes,
      long primaryStagingPeakBytes,
      long imageBytes,
      long backupStagingPeakBytes,
      long inputLogPeakBytes) {}

  /** Dirty page bytes over wire bytes; 0 where nothing was sent. */
  double ratio() {
    return wireBytes == 0 ? 0 : (double) dirtyPageBytes / wireBytes;
  }

  /** The same with what it added to the unprotected service's median. */
  PresetResult comparedWith(PresetResult unprotected) {
    return new PresetResult(
        preset,
        epoch,
        operations,
        errors,
        pauseUs,
        commitUs,
        heldUs,
        clientUs,
        clientUs.p50() - unprotected.clientUs.p50(),
        operationsPerSecond,
        epochs,
        initialCopyBytes,
        wireBytes,
        wireBytesByClass,
        dirtyPageBytes,
        inputBytes,
        cpuSeconds,
        typeOneMs,
        memory,
        loadAverage);
  }
}
