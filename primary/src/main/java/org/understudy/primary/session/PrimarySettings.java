package org.understudy.primary.session;

/**
 * Times and bounds of a {@link PrimarySession}; all times in nanoseconds.
 *
 * @param timeoutNs silence of the backup that means dead; longer than the backup's own time-out, so
 *     that a mere cut of the link is won by the backup, where the clients are
 * @param stallBoundNs longest gap between two own cycles that counts as silence in full
 * @param stallCheckNs own stand-still after which the register is read before output leaves; well
 *     below the backup's time-out, since the backup heard from here last before it
 * @param heartbeatNs between two heartbeats
 * @param linkSilenceNs silence after which the link session counts as broken
 * @param handshakeTimeoutNs from an accepted Hello to the first message in its link session
 * @param commitTimeoutNs longest time from a shipped epoch to its ack, and longest time without a
 *     link session; longer counts as a lost backup
 * @param resendNs time from a shipped epoch to its ack after which the link session is restarted
 *     and everything unacked is sent again
 * @param claimRetryNs wait after a failed request to the arbiter
 * @param arbiterAnswerNs after which a request to the arbiter counts as failed
 * @param endTimeoutNs longest orderly end
 * @param maxRounds rounds of the initial copy at most
 * @param roundTargetPages a round of at most this many pages is followed by epoch 0
 * @param copyPatience time-outs that the initial copy waits: nothing is gained by haste while the
 *     guest is not protected yet
 * @param copyRetryNs wait after a copy that failed; doubled with each further one, up to 32 times
 * @param lookNs between two looks of an owner at its register
 * @param saveTimeoutNs longest time in which a guest is written down
 * @param streams output leaves once its inputs are logged ({@code llm}): while a copy becomes whole
 *     and while it protects, no client is served at the primary's own front
 */
public record PrimarySettings(
    long timeoutNs,
    long stallBoundNs,
    long stallCheckNs,
    long heartbeatNs,
    long linkSilenceNs,
    long handshakeTimeoutNs,
    long commitTimeoutNs,
    long resendNs,
    long claimRetryNs,
    long arbiterAnswerNs,
    long endTimeoutNs,
    int maxRounds,
    long roundTargetPages,
    int copyPatience,
    long copyRetryNs,
    long lookNs,
    long saveTimeoutNs,
    boolean streams) {
  /** These settings with other time-outs; what is counted from them follows. */
  public PrimarySettings withTimeouts(long newTimeoutNs, long newCommitNs, long newHeartbeatNs) {
    return new PrimarySettings(
        newTimeoutNs,
        stallBoundNs,
        stallCheckNs,
        newHeartbeatNs,
        linkSilenceNs,
        handshakeTimeoutNs,
        newCommitNs,
        resendNs,
        claimRetryNs,
        arbiterAnswerNs,
        endTimeoutNs,
        maxRounds,
        roundTargetPages,
        copyPatience,
        copyRetryNs,
        lookNs,
        saveTimeoutNs,
        streams);
  }

  /** These settings for a guest whose output leaves once its inputs are logged, or not. */
  public PrimarySettings withStreams(boolean newStreams) {
    return new PrimarySettings(
        timeoutNs,
        stallBoundNs,
        stallCheckNs,
        heartbeatNs,
        linkSilenceNs,
        handshakeTimeoutNs,
        commitTimeoutNs,
        resendNs,
        claimRetryNs,
        arbiterAnswerNs,
        endTimeoutNs,
        maxRounds,
        roundTargetPages,
        copyPatience,
        copyRetryNs,
        lookNs,
        saveTimeoutNs,
        newStreams);
  }

  /** These settings with another time for writing a guest down. */
  public PrimarySettings withSaveTimeout(long newSaveTimeoutNs) {
    return new PrimarySettings(
        timeoutNs,
        stallBoundNs,
        stallCheckNs,
        heartbeatNs,
        linkSilenceNs,
        handshakeTimeoutNs,
        commitTimeoutNs,
        resendNs,
        claimRetryNs,
        arbiterAnswerNs,
        endTimeoutNs,
        maxRounds,
        roundTargetPages,
        copyPatience,
        copyRetryNs,
        lookNs,
        newSaveTimeoutNs,
        streams);
  }

  /** Defaults for a time-out of the backup in nanoseconds: the primary's is 1.5 times as long. */
  public static PrimarySettings of(long backupTimeoutNs) {
    return new PrimarySettings(
        backupTimeoutNs * 3 / 2,
        backupTimeoutNs / 8,
        backupTimeoutNs / 2,
        backupTimeoutNs / 20,
        backupTimeoutNs / 2,
        backupTimeoutNs,
        backupTimeoutNs * 5,
        backupTimeoutNs * 5 / 4,
        backupTimeoutNs / 10,
        backupTimeoutNs * 2,
        backupTimeoutNs * 10,
        8,
        1024,
        10,
        backupTimeoutNs / 2,
        Math.min(1_000_000_000L, backupTimeoutNs),
        backupTimeoutNs * 60,
        false);
  }
}
