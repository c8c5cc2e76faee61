package org.understudy.service.guest;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.agrona.concurrent.UnsafeBuffer;
import org.understudy.checkpoint.guest.OutputRecords;
import org.understudy.service.ServiceDefinition;
import org.understudy.service.memory.ProtectedMemory;

/**
 * Drives a service event by event in one thread, with a clock that only the test moves, and keeps
 * what each session was answered. Can throw the service object away after every event.
 */
public final class ServiceHarness {
  private final ServiceRuntime runtime;
  private final boolean restoreAfterEveryEvent;
  private final Map<Long, ByteArrayOutputStream> replies = new HashMap<>();
  private final Set<Long> closed = new HashSet<>();
  private long stampNs = 1;

  /** A service on fresh memory. */
  public ServiceHarness(
      ServiceDefinition definition,
      long memoryBytes,
      ServiceSettings settings,
      boolean restoreAfterEveryEvent) {
    this(
        ServiceRuntime.start(ProtectedMemory.unprotected(memoryBytes), definition, settings),
        restoreAfterEveryEvent);
  }

  /** Around a runtime that was started or restored elsewhere. */
  public ServiceHarness(ServiceRuntime runtime, boolean restoreAfterEveryEvent) {
    this.runtime = runtime;
    this.restoreAfterEveryEvent = restoreAfterEveryEvent;
    stampNs = Math.max(1, runtime.stampNs());
  }

  /** The runtime. */
  public ServiceRuntime runtime() {
    return runtime;
  }

  /** A client connects. */
  public void open(long sessionId) {
    begin();
    runtime.sessionOpened(sessionId, false);
    end();
  }

  /** A client sends; returns what it was answered by this event and those pending after it. */
  public byte[] send(long sessionId, byte[] bytes) {
    begin();
    take(sessionId);
    runtime.input(sessionId, new UnsafeBuffer(bytes), 0, bytes.length);
    end();
    return take(sessionId);
  }

  /** A client sends text of one byte per character; returns its answer, read in the same way. */
  public String send(long sessionId, String text) {
    byte[] reply = send(sessionId, text.getBytes(StandardCharsets.ISO_8859_1));
    return new String(reply, StandardCharsets.ISO_8859_1);
  }

  /** A client goes away. */
  public void close(long sessionId) {
    begin();
    runtime.sessionClosed(sessionId);
    end();
  }

  /** Time passes; timers fire, each at its stamp. */
  public void advance(long nanoseconds) {
    long until = stampNs + nanoseconds;
    while (runtime.nextTimerNs() <= until) {
      stampNs = Math.max(stampNs, runtime.nextTimerNs());
      begin();
      end();
    }
    stampNs = until;
  }

  /** Takes the replies of a session that were not taken yet. */
  public byte[] take(long sessionId) {
    ByteArrayOutputStream reply = replies.remove(sessionId);
    return reply == null ? new byte[0] : reply.toByteArray();
  }

  /** Whether the service closed the session. */
  public boolean isClosed(long sessionId) {
    return closed.contains(sessionId);
  }

  /** Replaces the service object by one that is restored from memory. */
  public void restore() {
    runtime.seal();
    runtime.reopen();
  }

  private void begin() {
    runtime.advanceClock(stampNs);
    runPending();
  }

  private void end() {
    collect();
    runPending();
    if (restoreAfterEveryEvent) {
      restore();
    }
  }

  private void runPending() {
    while (runtime.runPending()) {
      collect();
      if (restoreAfterEveryEvent) {
        restore();
      }
    }
  }

  /** Takes all replies of a session without running anything. */
  public byte[] drain(long sessionId) {
    collect();
    return take(sessionId);
  }

  private void collect() {
    OutputBuffer output = runtime.remoteOutput();
    OutputRecords.forEach(
        output.buffer(),
        0,
        output.length(),
        (sessionId, buffer, offset, length) -> {
          if (length == OutputRecords.CLOSE) {
            closed.add(sessionId);
            return;
          }
          byte[] bytes = new byte[length];
          buffer.getBytes(offset, bytes);
          replies.computeIfAbsent(sessionId, id -> new ByteArrayOutputStream()).writeBytes(bytes);
        });
    output.clear();
  }
}
