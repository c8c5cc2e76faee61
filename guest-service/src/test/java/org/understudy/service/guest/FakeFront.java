package org.understudy.service.guest;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.understudy.checkpoint.guest.ClientFront;
import org.understudy.checkpoint.guest.InputKind;

/** A front without sockets: the test is its clients. */
final class FakeFront implements ClientFront {
  private record Event(InputKind kind, long sessionId, byte[] bytes) {}

  private final Queue<Event> events = new ConcurrentLinkedQueue<>();
  private final Set<Long> connected = ConcurrentHashMap.newKeySet();
  private final Map<Long, ByteArrayOutputStream> replies = new ConcurrentHashMap<>();
  private volatile Thread waiter;
  volatile long firstSessionId = -1;
  volatile boolean accepting;
  volatile boolean closed;

  void connect(long sessionId) {
    connected.add(sessionId);
    add(new Event(InputKind.SESSION_OPENED, sessionId, new byte[0]));
  }

  /** A client that was connected before this front came to the guest. */
  void alreadyConnected(long sessionId) {
    connected.add(sessionId);
  }

  void send(long sessionId, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    add(new Event(InputKind.BYTES, sessionId, bytes));
  }

  void disconnect(long sessionId) {
    connected.remove(sessionId);
    add(new Event(InputKind.SESSION_CLOSED, sessionId, new byte[0]));
  }

  private void add(Event event) {
    events.add(event);
    wakeUp();
  }

  String received(long sessionId) {
    ByteArrayOutputStream reply = replies.get(sessionId);
    return reply == null ? "" : reply.toString(StandardCharsets.ISO_8859_1);
  }

  int waitingEvents() {
    return events.size();
  }

  @Override
  public void startAccepting(long first) {
    firstSessionId = first;
    accepting = true;
  }

  @Override
  public void stopAccepting() {
    accepting = false;
  }

  @Override
  public int poll(Sink sink) {
    int work = 0;
    Event event = events.peek();
    while (event != null) {
      UnsafeBuffer buffer = new UnsafeBuffer(event.bytes);
      if (!sink.onClientEvent(event.kind, event.sessionId, buffer, 0, event.bytes.length)) {
        return work;
      }
      events.remove();
      work++;
      event = events.peek();
    }
    return work;
  }

  @Override
  public void awaitReady(long timeoutNs) {
    waiter = Thread.currentThread();
    LockSupport.parkNanos(timeoutNs);
    waiter = null;
  }

  @Override
  public void wakeUp() {
    LockSupport.unpark(waiter);
  }

  @Override
  public void send(long sessionId, DirectBuffer buffer, int offset, int length) {
    byte[] bytes = new byte[length];
    buffer.getBytes(offset, bytes);
    replies.computeIfAbsent(sessionId, id -> new ByteArrayOutputStream()).writeBytes(bytes);
  }

  @Override
  public void closeSession(long sessionId) {
    connected.remove(sessionId);
  }

  @Override
  public void closeSessions() {}

  @Override
  public boolean isConnected(long sessionId) {
    return connected.contains(sessionId);
  }

  @Override
  public int sessions() {
    return connected.size();
  }

  @Override
  public long queuedBytes() {
    return 0;
  }

  @Override
  public void close() {
    closed = true;
  }
}
