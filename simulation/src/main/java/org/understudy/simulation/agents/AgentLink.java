package org.understudy.simulation.agents;

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

/** One node's end of the link: the real encoders, stamps and reader around simulated streams. */
public final class AgentLink implements Link {
  private final Surroundings around;
  private final SessionStamp session = new SessionStamp();
  private final MessageSender sender = new MessageSender((MessageSink) this::offer, session);
  private final UnsafeBuffer received = new UnsafeBuffer(0, 0);
  private LinkListener listener = new LinkListener() {};
  private final MessageReader reader = new MessageReader();
  private long currentStream;

  /** A link that nobody listens to yet. */
  public AgentLink(Surroundings around) {
    this.around = around;
  }

  @Override
  public void listen(LinkListener newListener) {
    listener = newListener;
    reader.listen(newListener);
  }

  private SendStatus offer(DirectBuffer buffer, int offset, int length) {
    around.step();
    byte[] copy = new byte[length];
    buffer.getBytes(offset, copy);
    return around.send(MessageTypes.templateOf(buffer, offset), copy);
  }

  // ---- what the streams report

  /** One message of a stream of the peer. */
  public void onMessage(long stream, byte[] message) {
    received.wrap(message);
    if (reader.onMessage(received, 0, message.length) == MessageReader.Outcome.ACCEPTED) {
      currentStream = stream;
    }
  }

  /** A stream of the peer arrives. */
  public void onStream(long stream) {
    listener.onPeerAvailable((int) stream, "the peer");
  }

  /** A stream of the peer ended. */
  public void onStreamEnded(long stream) {
    listener.onPeerUnavailable((int) stream, stream == currentStream);
  }

  /** Whether what is sent reaches a receiver. */
  public void onConnected(boolean on) {
    if (on) {
      listener.onConnected();
    } else {
      listener.onDisconnected();
    }
  }

  // ---- the link

  @Override
  public int doWork() {
    return 0; // what arrived is in the process's inbox
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
    return around.isConnected();
  }

  @Override
  public boolean isPeerThere() {
    return around.isConnected();
  }

  @Override
  public boolean isFlushed() {
    return around.isFlushed();
  }

  @Override
  public void renew() {
    around.step();
    session.unbind();
    around.renewStream();
  }

  @Override
  public LinkTraffic traffic() {
    throw new UnsupportedOperationException("nobody counts bytes here");
  }

  @Override
  public String describe() {
    return "simulated";
  }

  @Override
  public void close() {}
}
