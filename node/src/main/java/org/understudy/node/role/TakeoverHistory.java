package org.understudy.node.role;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.understudy.backup.agent.BackupAgent;
import org.understudy.backup.session.TakeoverTimes;
import org.understudy.node.status.NodeStatus.Takeover;

/** Takeovers that this process made, with the instant of each part. */
final class TakeoverHistory {
  private static final long NS_PER_US = 1_000;

  private final List<Takeover> takeovers = new CopyOnWriteArrayList<>();
  private long earlyAnswerNs;
  private boolean recorded;
  private volatile long inputBytes;
  private volatile long replayDifferences;

  /**
   * Bytes of inputs that this process sent while it was a backup: still told after its takeover.
   */
  long inputBytes() {
    return inputBytes;
  }

  void inputBytes(long bytes) {
    inputBytes = bytes;
  }

  /** Sessions that a replay answered differently from before. */
  long replayDifferences() {
    return replayDifferences;
  }

  void replayDifferences(long sessions) {
    replayDifferences = sessions;
  }

  /** Adds a takeover whose first answer is still to come. */
  synchronized void add(BackupAgent agent, String cause) {
    TakeoverTimes times = agent.session().times();
    takeovers.add(
        new Takeover(
            toUs(times.detectedNs),
            toUs(times.claimedNs),
            toUs(times.appliedNs),
            toUs(times.restoredNs),
            toUs(times.replayedNs),
            earlyAnswerNs == 0 ? 0 : toUs(Math.max(earlyAnswerNs, times.replayedNs)),
            agent.session().generation(),
            agent.imageEpoch(),
            agent.replayedInputs(),
            0,
            cause));
    recorded = true;
  }

  /**
   * The first reply after the takeover left, at this {@code System.nanoTime}. Comes on the guest's
   * thread, perhaps before the takeover is recorded.
   */
  synchronized void firstAnswer(long atNs) {
    if (!recorded) {
      earlyAnswerNs = atNs;
      return;
    }
    int last = takeovers.size() - 1;
    Takeover t = takeovers.get(last);
    takeovers.set(
        last,
        new Takeover(
            t.detectedAtUs(),
            t.claimedAtUs(),
            t.appliedAtUs(),
            t.restoredAtUs(),
            t.replayedAtUs(),
            toUs(atNs),
            t.generation(),
            t.epoch(),
            t.replayedInputs(),
            t.droppedOutputBytes(),
            t.cause()));
  }

  List<Takeover> list() {
    return List.copyOf(takeovers);
  }

  /** Wall-clock microseconds of an instant of {@code System.nanoTime}. */
  private static long toUs(long ns) {
    return StatusReporter.nowUs() - (System.nanoTime() - ns) / NS_PER_US;
  }
}
