package org.understudy.simulation.agents;

import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.function.LongConsumer;
import org.agrona.DirectBuffer;
import org.agrona.collections.Long2LongHashMap;
import org.agrona.concurrent.UnsafeBuffer;
import org.understudy.checkpoint.guest.ClientFront;
import org.understudy.checkpoint.guest.InputKind;

/**
 * A front whose clients are the simulation's. A request is the client's connection and its number;
 * an answer is the entry of the guest's history that made it.
 */
public final class AgentFront implements ClientFront {
  /** Bytes of a request. */
  static final int REQUEST_BYTES = 16;

  private static final long NOBODY = 0;

  private record Event(InputKind kind, long session, long client, long request) {}

  private final Surroundings around;
  private final Long2LongHashMap clients = new Long2LongHashMap(NOBODY);
  private final Long2LongHashMap sessions = new Long2LongHashMap(NOBODY);
  private final ArrayDeque<Event> events = new ArrayDeque<>();
  private final UnsafeBuffer bytes = new UnsafeBuffer(new byte[REQUEST_BYTES]);
  private SentReplies replies;
  private boolean accepting;
  private long nextSession;

  /** A front that accepts nobody yet. */
  public AgentFront(Surroundings around) {
    this.around = around;
  }

  // ---- clients

  /** A client connects. */
  public void connect(long client) {
    long session = nextSession++;
    clients.put(session, client);
    sessions.put(client, session);
    events.add(new Event(InputKind.SESSION_OPENED, session, client, 0));
  }

  /** A client asks for something. */
  public void request(long client, long request) {
    long session = sessions.get(client);
    if (session != NOBODY) {
      events.add(new Event(InputKind.BYTES, session, client, request));
    }
  }

  /** A client leaves. */
  public void disconnect(long client) {
    long session = sessions.get(client);
    if (session != NOBODY) {
      events.add(new Event(InputKind.SESSION_CLOSED, session, client, 0));
    }
  }

  // ---- the front

  @Override
  public void startAccepting(long firstSessionId) {
    around.step();
    if (!accepting) {
      accepting = true;
      nextSession = Math.max(nextSession, firstSessionId);
      around.accepting(true);
    }
  }

  @Override
  public void stopAccepting() {
    around.step();
    accepting = false;
    around.accepting(false);
  }

  @Override
  public int poll(Sink sink) {
    int work = 0;
    while (!events.isEmpty()) {
      around.step();
      Event event = events.peek();
      bytes.putLong(0, event.client, ByteOrder.LITTLE_ENDIAN);
      bytes.putLong(Long.BYTES, event.request, ByteOrder.LITTLE_ENDIAN);
      int length = event.kind == InputKind.BYTES ? REQUEST_BYTES : 0;
      if (!sink.onClientEvent(event.kind, event.session, bytes, 0, length)) {
        return work;
      }
      if (events.peek() == event) {
        events.poll(); // else its session was closed meanwhile
      }
      work++;
    }
    return work;
  }

  @Override
  public void startReplay(SentReplies before, LongConsumer firstReply) {
    around.step();
    replies = before;
  }

  @Override
  public void endReplay() {
    around.step();
    replies = null;
  }

  private boolean isSuppressed(long sessionId, DirectBuffer buffer, int offset, int length) {
    int skip = replies == null ? 0 : replies.suppress(sessionId, buffer, offset, length);
    if (skip < 0) {
      around.violation("llm: the replay differs from what had left");
    }
    return skip == length;
  }

  @Override
  public void send(long sessionId, DirectBuffer buffer, int offset, int length) {
    around.step();
    if (isSuppressed(sessionId, buffer, offset, length)) {
      return;
    }
    long client = clients.get(sessionId);
    if (client != NOBODY) {
      around.answered(client, buffer.getLong(offset, ByteOrder.LITTLE_ENDIAN));
    }
  }

  @Override
  public void closeSession(long sessionId) {
    around.step();
    long client = clients.remove(sessionId);
    if (client != NOBODY) {
      sessions.remove(client);
      events.removeIf(event -> event.session == sessionId);
      around.closeClient(client);
    }
  }

  @Override
  public void closeSessions() {
    for (long session : clients.keySet().stream().mapToLong(Long::longValue).sorted().toArray()) {
      closeSession(session);
    }
  }

  @Override
  public boolean isConnected(long sessionId) {
    return clients.get(sessionId) != NOBODY;
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
  public void awaitReady(long timeoutNs) {}

  @Override
  public void wakeUp() {}

  @Override
  public void close() {
    accepting = false;
  }

  /** Events that wait for room. */
  public int waiting() {
    return events.size();
  }
}
