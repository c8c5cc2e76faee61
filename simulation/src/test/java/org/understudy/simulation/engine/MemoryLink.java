package org.understudy.simulation.engine;

import java.util.ArrayDeque;
import java.util.function.Predicate;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.understudy.protocol.link.Link;
import org.understudy.protocol.link.LinkListener;
import org.understudy.protocol.link.LinkTraffic;
import org.understudy.protocol.wire.MessageReader;
import org.understudy.protocol.wire.MessageSender;
import org.understudy.protocol.wire.MessageSink;
import org.understudy.protocol.wire.MessageTypes;
import org.understudy.protocol.wire.SendStatus;
import org.understudy.protocol.wire.SessionStamp;

/**
 * One end of a link in memory: ordered and bounded like the real one, and it can be cut, held up,
 * and made to change messages on their way. One thread drives both ends.
 */
final class MemoryLink implements Link {
  /** Changes a message on its way; false drops it. */
  interface Tamper {
    boolean onMessage(int templateId, UnsafeBuffer message);
  }

  private final ArrayDeque<UnsafeBuffer> arriving = new ArrayDeque<>();
  private final SessionStamp session = new SessionStamp();
  private final MessageSender sender = new MessageSender((MessageSink) this::offer, session);
  private final long windowBytes;
  private final MessageReader reader = new MessageReader();
  private LinkListener listener;
  private MemoryLink peer;
  private long arrivingBytes;
  private boolean up = true;
  private Tamper tamper = (template, message) -> true;
  private Predicate<Integer> refuses = template -> false;
  private boolean wasUp;
  long backPressured;
  long stale;
  long bad;

  /** An end with room for so many bytes that arrive (but always for one message). */
  MemoryLink(long windowBytes) {
    this.windowBytes = windowBytes;
  }

  /** Connects this end with another one; whatever it was connected to is gone. */
  void connect(MemoryLink other) {
    if (peer != null) {
      peer.peer = null;
    }
    peer = other;
    other.peer = this;
    up(true);
  }

  @Override
  public void listen(LinkListener newListener) {
    listener = newListener;
    reader.listen(newListener);
  }

  /** What is sent from this end goes through here. */
  void tamper(Tamper value) {
    tamper = value;
  }

  /** Templates that meet back pressure when sent from this end. */
  void refuses(Predicate<Integer> templates) {
    refuses = templates;
  }

  /** Cuts both directions and loses what is on its way; or connects them again. */
  void up(boolean value) {
    setUp(value);
    if (peer != null) {
      peer.setUp(value);
    }
  }

  private void setUp(boolean value) {
    up = value;
    if (!value) {
      arriving.clear();
      arrivingBytes = 0;
    }
  }

  private SendStatus offer(DirectBuffer buffer, int offset, int length) {
    if (!isConnected() || peer.listener == null) {
      return SendStatus.NOT_CONNECTED;
    }
    int template = MessageTypes.templateOf(buffer, offset);
    boolean full = peer.arrivingBytes > 0 && peer.arrivingBytes + length > windowBytes;
    if (full || refuses.test(template)) {
      backPressured++;
      return SendStatus.BACK_PRESSURED;
    }
    UnsafeBuffer copy = new UnsafeBuffer(new byte[length]);
    copy.putBytes(0, buffer, offset, length);
    if (tamper.onMessage(template, copy)) {
      peer.arriving.add(copy);
      peer.arrivingBytes += copy.capacity();
    }
    return SendStatus.SENT;
  }

  @Override
  public int doWork() {
    if (listener == null) {
      return 0;
    }
    boolean now = isConnected();
    if (now != wasUp) {
      wasUp = now;
      if (now) {
        listener.onConnected();
      } else {
        listener.onDisconnected();
      }
    }
    int work = 0;
    for (UnsafeBuffer message = arriving.poll(); message != null; message = arriving.poll()) {
      arrivingBytes -= message.capacity();
      switch (reader.onMessage(message, 0, message.capacity())) {
        case STALE -> stale++;
        case BAD -> bad++;
        default -> work++;
      }
    }
    return work;
  }

  @Override
  public MessageSender sender() {
    return sender;
  }

  @Override
  public SessionStamp session() {
    return session;
  }

  @Override
  public boolean isConnected() {
    return up && peer != null && peer.up;
  }

  @Override
  public boolean isPeerThere() {
    return isConnected();
  }

  @Override
  public boolean isFlushed() {
    return true;
  }

  @Override
  public void renew() {
    session.unbind();
  }

  @Override
  public LinkTraffic traffic() {
    return null;
  }

  @Override
  public String describe() {
    return "memory";
  }

  @Override
  public void close() {
    up = false;
  }
}
