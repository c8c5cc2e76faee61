package org.understudy.protocol.monitor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.function.Consumer;
import org.agrona.CloseHelper;

/**
 * {@link PeerMonitor} over non-blocking TCP. Each node listens and connects to the other's
 * listener; both sides of a connection say one {@linkplain Greeting line}. What a node learns of
 * its peer it learns on the connection that it made itself.
 */
public final class TcpPeerMonitor implements PeerMonitor {
  private final MonitorContext context;
  private final Selector selector;
  private final MonitorListener incoming;
  private final OutgoingConnection outgoing;
  private final Consumer<SelectionKey> onReady = this::onReady;
  private long nowNs;
  private long lastPollNs;
  private boolean polled;
  private boolean closed;

  /**
   * Starts listening.
   *
   * @param context concluded here if it is not yet
   * @param listener gets events inside {@link #doWork}
   * @throws org.understudy.protocol.link.LinkConfigurationException with one line, for example when
   *     the port is used
   */
  public TcpPeerMonitor(MonitorContext context, PeerMonitorListener listener) {
    this.context = context.isConcluded() ? context : context.conclude();
    MonitorHello own = new MonitorHello(context.pairId(), context.node());
    Greeting greeting = new Greeting(own, this.context.seal(), () -> nowNs);
    KnownPeer peer = new KnownPeer();
    try {
      selector = Selector.open();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    try {
      incoming = listen(greeting, peer, listener);
    } catch (RuntimeException e) {
      CloseHelper.quietClose(selector);
      throw e;
    }
    outgoing = new OutgoingConnection(this.context, own, greeting, peer, listener, selector);
  }

  private MonitorListener listen(Greeting greeting, KnownPeer peer, PeerMonitorListener listener) {
    MonitorListener alone =
        context.privateDescriptors()
            ? PrivateListener.open(context, greeting, peer, listener)
            : null;
    return alone == null ? new SelectorListener(context, greeting, peer, listener) : alone;
  }

  @Override
  public int doWork(long now) {
    if (closed || (polled && now - lastPollNs < context.pollIntervalNs())) {
      return 0;
    }
    polled = true;
    lastPollNs = now;
    nowNs = now;
    int work = select() + incoming.doWork(now);
    outgoing.tick(now);
    return work;
  }

  private int select() {
    try {
      return selector.selectNow(onReady);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void onReady(SelectionKey key) {
    if (!key.isValid() || !outgoing.owns((HelloChannel) key.attachment())) {
      return;
    }
    if (key.isConnectable()) {
      outgoing.onConnectable(key, nowNs);
    } else {
      outgoing.onReadable(nowNs);
    }
  }

  @Override
  public int localPort() {
    return incoming.localPort();
  }

  @Override
  public boolean isPeerConnected() {
    return outgoing.isBound();
  }

  @Override
  public long strangers() {
    return incoming.strangers();
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      outgoing.close();
      incoming.close();
      CloseHelper.quietClose(selector);
    }
  }
}
