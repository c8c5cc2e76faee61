package org.understudy.backup.session;

/**
 * Times and bounds of a {@link BackupSession}; all times in nanoseconds.
 *
 * @param timeoutNs silence of the primary that means dead
 * @param stallBoundNs longest gap between two own cycles that counts as silence in full
 * @param heartbeatNs between two heartbeats
 * @param linkSilenceNs silence after which the link session counts as broken
 * @param helloNs between two Hellos
 * @param claimRetryNs wait after a failed request to the arbiter
 * @param arbiterAnswerNs after which a request to the arbiter counts as failed
 * @param lingerNs how long a resigned backup goes on saying so
 * @param maxCorruptions corrupt checkpoints in a row after which the backup resigns
 * @param copyPatience time-outs of silence that mean dead while the initial copy runs
 */
public record BackupSettings(
    long timeoutNs,
    long stallBoundNs,
    long heartbeatNs,
    long linkSilenceNs,
    long helloNs,
    long claimRetryNs,
    long arbiterAnswerNs,
    long lingerNs,
    int maxCorruptions,
    int copyPatience) {
  /**
   * Longest goodbye: with a long time-out it must still be over before a process that was asked to
   * end is taken for stuck.
   */
  static final long MAX_LINGER_NS = 2_000_000_000L;

  /**
   * Time-outs of silence that mean dead once this node has resigned: twice an answer of the
   * arbiter.
   */
  static final int RESIGN_PATIENCE = 4;

  /** Hellos into an unconnected link after which its stream is started anew. */
  static final int HELLOS_BEFORE_RENEWAL = 10;

  /** After the guest ended, a client that does not read its last answers is waited for so long. */
  static final long LAST_OUTPUT_NS = 5_000_000_000L;

  /** These settings with another interval of heartbeats. */
  public BackupSettings withHeartbeat(long newHeartbeatNs) {
    return new BackupSettings(
        timeoutNs,
        stallBoundNs,
        newHeartbeatNs,
        linkSilenceNs,
        helloNs,
        claimRetryNs,
        arbiterAnswerNs,
        lingerNs,
        maxCorruptions,
        copyPatience);
  }

  /** Defaults for a time-out in nanoseconds. */
  public static BackupSettings of(long timeoutNs) {
    return new BackupSettings(
        timeoutNs,
        timeoutNs / 8,
        timeoutNs / 20,
        timeoutNs / 2,
        timeoutNs / 10,
        timeoutNs / 10,
        timeoutNs * 2,
        Math.min(MAX_LINGER_NS, timeoutNs / 2),
        3,
        10);
  }
}
