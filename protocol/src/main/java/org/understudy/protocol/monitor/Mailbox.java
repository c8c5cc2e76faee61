package org.understudy.protocol.monitor;

import org.agrona.concurrent.OneToOneConcurrentArrayQueue;

/**
 * Lines that wait for a judgement, from the thread that has the monitor's sockets to the agent's,
 * and the judgements on their way back: what is said can be sealed, and only the agent's thread may
 * load what that takes. Bounded; a connection is known by the number of its arrival.
 */
final class Mailbox {
  /** A line of a connection. */
  static final class Line {
    private final long arrival;
    private final byte[] bytes;
    private volatile boolean hasLeft;

    private Line(long arrival, byte[] bytes) {
      this.arrival = arrival;
      this.bytes = bytes;
    }

    /** The connection is closed: nobody waits for a judgement. */
    void leave() {
      hasLeft = true;
    }
  }

  /**
   * What became of a line.
   *
   * @param arrival whose
   * @param answer to be said; null if it was no friend's
   * @param incarnation who said the line
   * @param refusal why there is no answer
   */
  record Judgement(long arrival, byte[] answer, long incarnation, String refusal) {}

  private static final int CAPACITY = 64;

  private final OneToOneConcurrentArrayQueue<Line> lines =
      new OneToOneConcurrentArrayQueue<>(CAPACITY);
  private final OneToOneConcurrentArrayQueue<Judgement> judgements =
      new OneToOneConcurrentArrayQueue<>(CAPACITY);

  /** The sockets' thread: what waits now; null if too many wait. */
  Line ask(long arrival, byte[] bytes) {
    Line line = new Line(arrival, bytes);
    return lines.offer(line) ? line : null;
  }

  /** The sockets' thread: the next one that was judged, or null. */
  Judgement judged() {
    return judgements.poll();
  }

  /** The agent's thread: judges one line; false if none waits. */
  boolean judgeOne(Greeting greeting) {
    Line line = judgements.remainingCapacity() == 0 ? null : lines.poll();
    while (line != null && line.hasLeft) {
      line = lines.poll();
    }
    if (line == null) {
      return false;
    }
    Greeting.Verdict verdict = greeting.judge(line.bytes);
    long incarnation = verdict.node() == null ? 0 : verdict.node().incarnation();
    judgements.offer(new Judgement(line.arrival, verdict.answer(), incarnation, verdict.refusal()));
    return true;
  }
}
