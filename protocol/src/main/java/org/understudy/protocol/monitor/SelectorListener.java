package org.understudy.protocol.monitor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.agrona.CloseHelper;
import org.understudy.protocol.link.LinkConfigurationException;

/**
 * The listening side on the agent's own thread, where {@link PrivateListener} cannot be had: its
 * sockets are closed when the kernel has freed the memory of a killed process, tens of milliseconds
 * later.
 */
final class SelectorListener implements MonitorListener {
  private final MonitorContext context;
  private final Greeting greeting;
  private final KnownPeer peer;
  private final PeerMonitorListener listener;
  private final Selector selector;
  private final ServerSocketChannel server;
  private final List<HelloChannel> connections = new ArrayList<>();
  private final Consumer<SelectionKey> onReady = this::onReady;
  private long nowNs;
  private long strangers;

  SelectorListener(
      MonitorContext context, Greeting greeting, KnownPeer peer, PeerMonitorListener listener) {
    this.context = context;
    this.greeting = greeting;
    this.peer = peer;
    this.listener = listener;
    try {
      selector = Selector.open();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server = listen();
  }

  @Override
  public int doWork(long now) {
    nowNs = now;
    try {
      int work = selector.selectNow(onReady);
      closeIdle(now);
      return work;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void onReady(SelectionKey key) {
    if (!key.isValid()) {
      return;
    }
    if (key.attachment() instanceof HelloChannel connection) {
      onReadable(connection);
    } else {
      accept(nowNs);
    }
  }

  private ServerSocketChannel listen() {
    ServerSocketChannel opened = null;
    try {
      opened = ServerSocketChannel.open();
      opened.bind(context.listenAddress(), MonitorContext.BACKLOG);
      opened.configureBlocking(false);
      opened.register(selector, SelectionKey.OP_ACCEPT);
      return opened;
    } catch (IOException e) {
      CloseHelper.quietCloseAll(opened, selector);
      throw new LinkConfigurationException(
          "monitor cannot listen on "
              + context.listenAddress()
              + ": "
              + e.getMessage()
              + ": choose another port or address",
          e);
    }
  }

  @Override
  public int localPort() {
    return server.socket().getLocalPort();
  }

  @Override
  public long strangers() {
    return strangers;
  }

  private void accept(long nowNs) {
    try {
      for (int i = 0; i < MonitorContext.BACKLOG; i++) {
        SocketChannel channel = server.accept();
        if (channel == null) {
          return;
        }
        admit(channel, nowNs);
      }
    } catch (IOException e) {
      turnAway(null, "accept failed: " + e.getMessage());
    }
  }

  private void admit(SocketChannel channel, long nowNs) throws IOException {
    if (connections.size() >= MonitorContext.MAX_INCOMING) {
      turnAway(victim(), TOO_MANY);
    }
    HelloChannel connection = new HelloChannel(channel, nowNs + context.helloTimeoutNs());
    channel.configureBlocking(false);
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    channel.register(selector, SelectionKey.OP_READ, connection);
    connections.add(connection);
  }

  /** The oldest that is not the peer; the oldest of all where everybody says he is. */
  private HelloChannel victim() {
    return connections.stream()
        .filter(connection -> !isPeer(connection))
        .findFirst()
        .orElse(connections.getFirst());
  }

  private boolean isPeer(HelloChannel connection) {
    return connection.node != null && peer.isIncarnation(connection.node.incarnation());
  }

  private void onReadable(HelloChannel connection) {
    switch (connection.read()) {
      case NOTHING -> {}
      case CLOSED -> drop(connection);
      case GARBAGE -> turnAway(connection, NO_HELLO);
      case LINE -> greet(connection);
      default -> throw new IllegalStateException("unknown read");
    }
  }

  private void greet(HelloChannel connection) {
    Greeting.Verdict verdict = greeting.judge(connection.line());
    if (verdict.answer() == null) {
      turnAway(connection, verdict.refusal());
    } else if (connection.send(verdict.answer())) {
      connection.node = verdict.node();
    } else {
      drop(connection);
    }
  }

  /** Closes connections that did not introduce themselves in time. */
  private void closeIdle(long nowNs) {
    for (int i = connections.size() - 1; i >= 0; i--) {
      HelloChannel connection = connections.get(i);
      if (connection.line() == null && nowNs - connection.deadlineNs >= 0) {
        turnAway(connection, SILENT);
      }
    }
  }

  private void turnAway(HelloChannel connection, String reason) {
    strangers++;
    listener.onStranger(reason);
    if (connection != null) {
      drop(connection);
    }
  }

  private void drop(HelloChannel connection) {
    connection.close();
    connections.remove(connection);
  }

  @Override
  public void close() {
    CloseHelper.quietClose(server);
    connections.forEach(HelloChannel::close);
    connections.clear();
    CloseHelper.quietClose(selector);
  }
}
