package org.understudy.service.front;

import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.agrona.concurrent.UnsafeBuffer;
import org.understudy.checkpoint.guest.ClientFront.Sink;
import org.understudy.checkpoint.guest.InputKind;

/** Sessions with events that the sink has not taken yet: offered again, in their order. */
final class ParkedSessions {
  private final UnsafeBuffer bytes = new UnsafeBuffer();
  private final UnsafeBuffer noBytes = new UnsafeBuffer(new byte[0]);
  private final ArrayDeque<TcpSession> parked = new ArrayDeque<>();
  private final Consumer<TcpSession> onUnparked;
  private boolean sinkFull;

  /**
   * None yet.
   *
   * @param onUnparked told of each session of which the sink took everything
   */
  ParkedSessions(Consumer<TcpSession> onUnparked) {
    this.onUnparked = onUnparked;
  }

  void startPoll() {
    sinkFull = false;
  }

  /** The sink refused an event in this poll. */
  boolean isSinkFull() {
    return sinkFull;
  }

  boolean isEmpty() {
    return parked.isEmpty();
  }

  int size() {
    return parked.size();
  }

  /** The sink refused an event of this session. */
  void refuse(TcpSession session) {
    sinkFull = true;
    add(session);
  }

  /** This session has an event to be offered. */
  void add(TcpSession session) {
    if (!session.parked) {
      session.parked = true;
      parked.addLast(session);
    }
  }

  int offerAll(Sink sink) {
    int work = 0;
    for (int left = parked.size(); left > 0; left--) {
      TcpSession session = parked.pollFirst();
      if (offer(session, sink)) {
        session.parked = false;
        onUnparked.accept(session);
        work++;
      } else {
        sinkFull = true;
        parked.addLast(session);
      }
    }
    return work;
  }

  /** Offers what the sink has not taken of a session, in order; true if it took everything. */
  boolean offer(TcpSession session, Sink sink) {
    if (session.openedPending) {
      if (!sink.onClientEvent(InputKind.SESSION_OPENED, session.id, noBytes, 0, 0)) {
        return false;
      }
      session.openedPending = false;
    }
    if (session.parkedBytes != null) {
      bytes.wrap(session.parkedBytes.buffer);
      int length = session.parkedBytes.written;
      if (!sink.onClientEvent(InputKind.BYTES, session.id, bytes, 0, length)) {
        return false;
      }
      session.unpark();
    }
    if (session.gonePending) {
      if (!sink.onClientEvent(InputKind.SESSION_CLOSED, session.id, noBytes, 0, 0)) {
        return false;
      }
      session.gonePending = false;
    }
    return true;
  }
}
