package org.understudy.simulation.agents;

import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.understudy.checkpoint.guest.GuestHost;
import org.understudy.checkpoint.guest.OutputRecords;

/** Answers for sessions at the backup's front, and which session ids were seen. */
final class GuestOutput {
  /** Each front's ids begin at a multiple of this. */
  private static final long BLOCK = 1L << 40;

  private static final long CLOSE = -1;
  private static final int RECORD_BYTES = OutputRecords.HEADER_BYTES + Long.BYTES;

  private record Answer(long session, long entry) {}

  private final List<Answer> answers = new ArrayList<>();
  private long highest;
  private boolean isHighestLocal;

  /** The session's client is told goodbye. */
  void addClose(long session) {
    answers.add(new Answer(session, CLOSE));
  }

  void add(long session, long entry) {
    answers.add(new Answer(session, entry));
  }

  int count() {
    return answers.size();
  }

  void clear() {
    answers.clear();
  }

  /** All of them as records of a checkpoint; none are left. */
  UnsafeBuffer take() {
    UnsafeBuffer buffer = new UnsafeBuffer(new byte[answers.size() * RECORD_BYTES]);
    int at = 0;
    for (Answer answer : answers) {
      if (answer.entry == CLOSE) {
        at = OutputRecords.putHeader(buffer, at, answer.session, OutputRecords.CLOSE);
      } else {
        at = OutputRecords.putHeader(buffer, at, answer.session, Long.BYTES);
        buffer.putLong(at, answer.entry, ByteOrder.LITTLE_ENDIAN);
        at += Long.BYTES;
      }
    }
    answers.clear();
    return new UnsafeBuffer(buffer, 0, at);
  }

  /** Offers all of them as messages of their own, in order; false if there was no room. */
  boolean streamTo(GuestHost host, long afterInput) {
    while (!answers.isEmpty()) {
      Answer answer = answers.getFirst();
      int length = answer.entry == CLOSE ? OutputRecords.CLOSE : Long.BYTES;
      UnsafeBuffer bytes = AgentCapture.number(answer.entry);
      if (!host.offerOutput(answer.session, bytes, 0, length, afterInput)) {
        return false;
      }
      answers.removeFirst();
    }
    return true;
  }

  void opened(long session, boolean local) {
    if (session >= highest) {
      highest = session;
      isHighestLocal = local;
    }
  }

  /** Ids must never meet those of a backup's front. */
  long nextLocalSession() {
    return isHighestLocal ? highest + 1 : (highest / BLOCK + 1) * BLOCK;
  }
}
