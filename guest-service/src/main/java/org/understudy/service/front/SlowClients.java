package org.understudy.service.front;

import java.util.ArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Chooses, counts and tells the clients that are closed since they do not take their replies. */
final class SlowClients {
  /** A client that took nothing for so long goes before one that takes a long reply bit by bit. */
  private static final long STUCK_NS = TimeUnit.SECONDS.toNanos(1);

  /**
   * One that is to be closed anyway, and takes nothing of its last replies, is waited for so long.
   */
  private static final long LAST_REPLIES_NS = TimeUnit.SECONDS.toNanos(5);

  private static final long CHECK_NS = TimeUnit.MILLISECONDS.toNanos(250);

  /** Hundreds of them must not fill the log. */
  private static final long REPORT_NS = TimeUnit.SECONDS.toNanos(1);

  private static final Logger LOG = LoggerFactory.getLogger(TcpFront.class);

  private final ArrayList<TcpSession> ending = new ArrayList<>();
  private long checkedNs;
  private volatile long closed;
  private long reported;
  private long reportedNs;

  /** Who has to go for room: the longest queue of those that take nothing, else the longest. */
  TcpSession choose(Iterable<TcpSession> sessions, TcpSession asking, long nowNs) {
    TcpSession chosen = asking;
    boolean stuck = isStuck(asking, nowNs);
    for (TcpSession session : sessions) {
      if (session.queuedBytes <= Chunks.SMALL_BYTES) {
        continue; // gives no room
      }
      boolean alsoStuck = isStuck(session, nowNs);
      if (alsoStuck == stuck ? session.queuedBytes > chosen.queuedBytes : alsoStuck) {
        chosen = session;
        stuck = alsoStuck;
      }
    }
    return chosen;
  }

  private static boolean isStuck(TcpSession session, long nowNs) {
    return session.queuedBytes > 0 && nowNs - session.progressNs >= STUCK_NS;
  }

  /** This client is to be closed once it has what is queued for it. */
  void ends(TcpSession session, long nowNs) {
    session.progressNs = nowNs;
    ending.add(session);
  }

  /** Ends clients that take nothing of their last replies. */
  void endOverdue(long nowNs, Consumer<TcpSession> end) {
    if (!ending.isEmpty() && nowNs - checkedNs >= CHECK_NS) {
      checkedNs = nowNs;
      ending.removeIf(session -> session.gone);
      for (TcpSession session : ending) {
        if (nowNs - session.progressNs >= LAST_REPLIES_NS) {
          end.accept(session);
        }
      }
    }
  }

  void close(TcpSession session, long nowNs) {
    closed = closed + 1;
    if (reported == 0 || nowNs - reportedNs >= REPORT_NS) {
      LOG.warn(
          "session {} closed: its client does not take its replies ({} bytes wait); {} closed so"
              + " far",
          session.id,
          session.queuedBytes,
          closed);
      reported = closed;
      reportedNs = nowNs;
    }
  }

  /** Closed so far; any thread. */
  long closed() {
    return closed;
  }
}
