package org.understudy.checkpoint.guest;

import java.util.function.LongConsumer;
import org.agrona.DirectBuffer;

/**
 * Where clients are connected: a TCP listener and its sessions. Driven by one thread at a time (the
 * backup's agent, or the guest's own thread when it serves itself); handing it to another thread
 * needs a happens-before edge. Never blocks.
 */
public interface ClientFront extends AutoCloseable {
  /** The front of a guest whose clients come over a network of its own. */
  ClientFront NONE = new NoClients();

  /** What was sent to clients before the guest that drives the front now was restored. */
  interface SentReplies {
    /**
     * Bytes that a replay made for a session: how many of the first ones had been sent before, so
     * that they must not be sent again; -1 if they differ from those.
     */
    int suppress(long sessionId, DirectBuffer buffer, int offset, int length);
  }

  /** Takes what clients send. */
  interface Sink {
    /**
     * One event in the order in which the front saw it. A closed session means that its client
     * sends no more: the front writes what it is still given until {@link #closeSession}. False
     * when the log or queue is full: the front keeps the event (and stops reading from that client)
     * and offers it again.
     */
    boolean onClientEvent(
        InputKind kind, long sessionId, DirectBuffer buffer, int offset, int length);
  }

  /**
   * Starts accepting. Session ids of this front start at {@code firstSessionId} and grow by one; no
   * id is given twice, whatever it starts at. Does nothing if it accepts already: after a takeover
   * the guest serves on with the very front, and the session ids, that the backup had.
   */
  void startAccepting(long firstSessionId);

  /**
   * Stops accepting; connected sessions stay. The listening socket is closed, so that clients are
   * refused.
   */
  void stopAccepting();

  /** Accepts, reads and writes what is ready; returns the work done. */
  int poll(Sink sink);

  /**
   * Waits at most this long for sockets; returns earlier when one is ready or on {@link #wakeUp}.
   */
  void awaitReady(long timeoutNs);

  /** Ends a wait of another thread. */
  void wakeUp();

  /**
   * Queues reply bytes (copied) for a session; unknown sessions are ignored (the client is gone).
   */
  void send(long sessionId, DirectBuffer buffer, int offset, int length);

  /**
   * The guest that drives this front from now on replays inputs, some of which were answered
   * before: until {@link #endReplay} those bytes are left out, and a session that is answered
   * differently is closed. To be called before that guest starts.
   *
   * @param firstReply is told once, on the driving thread, the {@code System.nanoTime} at which the
   *     first reply of that guest was written
   */
  default void startReplay(SentReplies before, LongConsumer firstReply) {}

  /** The replay is over; the guest's thread is at rest. */
  default void endReplay() {}

  /** Closes a session after its queued bytes are written. */
  void closeSession(long sessionId);

  /** Closes every session after its queued bytes are written. */
  void closeSessions();

  /** Whether that client is still connected. */
  boolean isConnected(long sessionId);

  /** Connected sessions. */
  int sessions();

  /** Bytes that wait for slow clients. */
  long queuedBytes();

  /** Clients closed so far because they did not take their replies; any thread. */
  default long slowClientsClosed() {
    return 0;
  }

  /** Clients turned away so far at the limit of sessions; any thread. */
  default long clientsRefused() {
    return 0;
  }

  @Override
  void close();
}
