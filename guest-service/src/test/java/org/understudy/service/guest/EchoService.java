package org.understudy.service.guest;

import java.nio.charset.StandardCharsets;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.understudy.service.Service;
import org.understudy.service.ServiceContext;
import org.understudy.service.ServiceDefinition;

/**
 * A line protocol that reaches every part of the runtime. Each line is answered; the session's word
 * counts its lines, root 0 those of all sessions, root 1 starts, root 2 closed sessions, root 3
 * timers that fired.
 */
final class EchoService implements Service {
  static final ServiceDefinition DEFINITION =
      new ServiceDefinition("echo", 1, true, EchoService::new);

  private ServiceContext context;
  private final UnsafeBuffer scratch = new UnsafeBuffer(new byte[256]);

  @Override
  public void start(ServiceContext started) {
    context = started;
    context.setRoot(1, context.root(1) + 1);
  }

  @Override
  public void restore(ServiceContext restored) {
    context = restored;
  }

  @Override
  public void onSessionOpened(long sessionId, long stampNs) {
    context.setSessionWord(sessionId, 0);
  }

  @Override
  public int onInput(long sessionId, long stampNs, DirectBuffer buffer, int offset, int length) {
    int from = 0;
    for (int i = 0; i < length; i++) {
      if (buffer.getByte(offset + i) == '\n') {
        String line = buffer.getStringWithoutLengthAscii(offset + from, i - from);
        if (context.replyBytesLeft() < 300) {
          context.continueInput();
          return from;
        }
        onLine(sessionId, stampNs, line);
        from = i + 1;
      }
    }
    return from;
  }

  private void onLine(long sessionId, long stampNs, String line) {
    long count = context.sessionWord(sessionId) + 1;
    context.setSessionWord(sessionId, count);
    context.setRoot(0, context.root(0) + 1);
    String[] words = line.split(" ");
    switch (words[0]) {
      case "quit" -> {
        reply(sessionId, "bye");
        context.closeSession(sessionId);
      }
      case "timer" -> context.timers().schedule(sessionId, stampNs + Long.parseLong(words[1]));
      case "cancel" -> reply(sessionId, "" + context.timers().cancel(sessionId));
      case "allocate" -> reply(sessionId, allocate(Long.parseLong(words[1])));
      case "fill" -> fill(sessionId, Integer.parseInt(words[1]));
      case "fail" -> throw new IllegalStateException("asked to fail");
      default -> reply(sessionId, count + " " + line);
    }
  }

  /** Keeps a chain of allocations at root 4, newest first. */
  private String allocate(long bytes) {
    long place = context.allocator().allocate(bytes);
    context.memory().putLong(place, context.root(4));
    context.setRoot(4, place);
    return "ok";
  }

  /** Answers with that many bytes from memory. */
  private void fill(long sessionId, int bytes) {
    long place = context.allocator().allocate(bytes);
    context.memory().setMemory(place, bytes, (byte) 'x');
    context.replyFromMemory(sessionId, place, bytes);
    context.allocator().free(place);
  }

  @Override
  public void onSessionClosed(long sessionId, long stampNs) {
    context.setRoot(2, context.root(2) + 1);
    context.timers().cancel(sessionId);
  }

  @Override
  public void onTimer(long timerId, long stampNs) {
    context.setRoot(3, context.root(3) + 1);
    reply(timerId, "timer");
  }

  private void reply(long sessionId, String text) {
    byte[] bytes = (text + "\n").getBytes(StandardCharsets.US_ASCII);
    scratch.putBytes(0, bytes);
    context.reply(sessionId, scratch, 0, bytes.length);
  }
}
