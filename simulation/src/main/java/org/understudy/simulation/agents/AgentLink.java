package org.understudy.simulation.agents;

import java.util.function.Supplier;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.understudy.protocol.link.Link;
import org.understudy.protocol.link.LinkListener;
import org.understudy.protocol.link.LinkTraffic;
import org.understudy.protocol.seal.ClearWire;
import org.understudy.protocol.seal.RecordSink;
import org.understudy.protocol.seal.Seal;
import org.understudy.protocol.seal.SealIdentity;
import org.understudy.protocol.seal.WireLayer;
import org.understudy.protocol.seal.WireListener;
import org.understudy.protocol.wire.MessageReader;
import org.understudy.protocol.wire.MessageSender;
import org.understudy.protocol.wire.MessageSink;
import org.understudy.protocol.wire.MessageTypes;
import org.understudy.protocol.wire.SendStatus;
import org.understudy.protocol.wire.SessionStamp;

/**
 * One node's end of the link: the real encoders, stamps, seal and reader around simulated streams.
 */
public final class AgentLink implements Link, RecordSink, WireListener {
  private final Surroundings around;
  private final SessionStamp session = new SessionStamp();
  private final MessageSender sender;
  private final WireLayer layer;
  private final UnsafeBuffer received = new UnsafeBuffer(0, 0);
  private LinkListener listener = new LinkListener() {};
  private final MessageReader reader = new MessageReader();
  private long currentStream;
  private long arriving;

  /**
   * A link that nobody listens to yet.
   *
   * @param seal who this node is to its peer; null where nothing is sealed
   * @param secrets of handshakes, drawn by the seed
   */
  public AgentLink(Surroundings around, SealIdentity seal, Supplier<byte[]> secrets) {
    this.around = around;
    layer =
        seal == null
            ? new ClearWire(this, this)
            : new Seal(seal, secrets, around::nowNs, this, this);
    sender = new MessageSender((MessageSink) layer::offer, session);
  }

  @Override
  public void listen(LinkListener newListener) {
    listener = newListener;
    reader.listen(newListener);
  }

  @Override
  public SendStatus room(int length) {
    return around.isConnected() ? SendStatus.SENT : SendStatus.NOT_CONNECTED;
  }

  @Override
  public SendStatus offer(
      int templateId, int messageBytes, DirectBuffer buffer, int offset, int length) {
    around.step();
    byte[] copy = new byte[length];
    buffer.getBytes(offset, copy);
    return around.send(templateId, copy);
  }

  // ---- what the streams report

  /** One message of a stream of the peer. */
  public void onMessage(long stream, byte[] message) {
    received.wrap(message);
    arriving = stream;
    layer.take((int) stream, received, 0, message.length);
  }

  @Override
  public void onOpened(int stream, DirectBuffer buffer, int offset, int length) {
    if (!around.ignores(MessageTypes.templateOf(buffer, offset))
        && reader.onMessage(buffer, offset, length) == MessageReader.Outcome.ACCEPTED) {
      currentStream = arriving;
    }
  }

  @Override
  public void onMissing(int stream) {
    currentStream = 0;
    listener.onPeerUnavailable(stream, true);
  }

  @Override
  public void onStale() {}

  @Override
  public void onRefused() {}

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
