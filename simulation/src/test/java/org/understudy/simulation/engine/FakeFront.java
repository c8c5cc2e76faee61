package org.understudy.simulation.engine;

import java.nio.ByteOrder;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.LongUnaryOperator;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.understudy.checkpoint.guest.ClientFront;
import org.understudy.checkpoint.guest.InputKind;

/**
 * A front with clients played by the test. A request is its number; the reply has to repeat the
 * numbers in order, without a gap.
 */
final class FakeFront implements ClientFront {
  /** Bytes of a reply: request, epoch in which it was made. */
  static final int REPLY_BYTES = 16;

  private record Event(InputKind kind, long session, long request) {}

  private static final class Client {
    private long sent;
    private volatile long answered;
  }

  private final Outside outside;
  private final String node;
  private final LongUnaryOperator mayLeave;
  private final Map<Long, Client> clients = new ConcurrentHashMap<>();
  private final ConcurrentLinkedQueue<Event> events = new ConcurrentLinkedQueue<>();
  private volatile boolean accepting;
  private long nextSession;

  /**
   * A front.
   *
   * @param mayLeave of the epoch of a reply: 0 if it may leave now
   */
  FakeFront(Outside outside, String node, LongUnaryOperator mayLeave) {
    this.outside = outside;
    this.node = node;
    this.mayLeave = mayLeave;
  }

  // ---- clients

  long connect() {
    long session = nextSession++;
    clients.put(session, new Client());
    events.add(new Event(InputKind.SESSION_OPENED, session, 0));
    return session;
  }

  void request(long session) {
    events.add(new Event(InputKind.BYTES, session, ++clients.get(session).sent));
  }

  long answered(long session) {
    return clients.get(session).answered;
  }

  boolean isAccepting() {
    return accepting;
  }

  // ---- the front

  @Override
  public void startAccepting(long firstSessionId) {
    if (clients.isEmpty()) {
      nextSession = firstSessionId;
    }
    accepting = true;
  }

  @Override
  public void stopAccepting() {
    accepting = false;
  }

  @Override
  public int poll(Sink sink) {
    int work = 0;
    for (Event event = events.peek(); event != null; event = events.peek()) {
      UnsafeBuffer bytes = FakeCapture.pack(event.request);
      int length = event.kind == InputKind.BYTES ? Long.BYTES : 0;
      if (!sink.onClientEvent(event.kind, event.session, bytes, 0, length)) {
        return work;
      }
      events.poll();
      work++;
    }
    return work;
  }

  @Override
  public void send(long sessionId, DirectBuffer buffer, int offset, int length) {
    Client client = clients.get(sessionId);
    if (client == null) {
      return;
    }
    long request = buffer.getLong(offset, ByteOrder.LITTLE_ENDIAN);
    long epoch = buffer.getLong(offset + Long.BYTES, ByteOrder.LITTLE_ENDIAN);
    if (length != REPLY_BYTES || request != client.answered + 1) {
      outside.violation(
          "session " + sessionId + " got reply " + request + " after " + client.answered);
    }
    if (mayLeave.applyAsLong(epoch) != 0) {
      outside.violation("a reply of epoch " + epoch + " left " + node + " before its commit");
    }
    client.answered = request;
  }

  @Override
  public void closeSession(long sessionId) {
    clients.remove(sessionId);
  }

  @Override
  public void closeSessions() {}

  @Override
  public boolean isConnected(long sessionId) {
    return clients.containsKey(sessionId);
  }

  @Override
  public int sessions() {
    return clients.size();
  }

  @Override
  public long queuedBytes() {
    return 0;
  }

  @Override
  public void awaitReady(long timeoutNs) {
    Thread.onSpinWait();
  }

  @Override
  public void wakeUp() {}

  @Override
  public void close() {
    accepting = false;
  }
}
