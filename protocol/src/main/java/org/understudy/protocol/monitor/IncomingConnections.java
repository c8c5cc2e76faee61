package org.understudy.protocol.monitor;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import org.agrona.CloseHelper;
import org.understudy.protocol.link.LinkConfigurationException;

/**
 * The listening side: answers peers with our line and keeps their connections, so that they see our
 * process die. Strangers are turned away; their number, bytes and time are bounded.
 */
final class IncomingConnections {
  private final MonitorContext context;
  private final MonitorHello own;
  private final PeerMonitorListener listener;
  private final Selector selector;
  private final ServerSocketChannel server;
  private final List<HelloChannel> connections = new ArrayList<>();
  private long strangers;

  IncomingConnections(
      MonitorContext context, MonitorHello own, PeerMonitorListener listener, Selector selector) {
    this.context = context;
    this.own = own;
    this.listener = listener;
    this.selector = selector;
    this.server = listen();
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
      CloseHelper.quietClose(opened);
      throw new LinkConfigurationException(
          "monitor cannot listen on "
              + context.listenAddress()
              + ": "
              + e.getMessage()
              + ": choose another port or address",
          e);
    }
  }

  int localPort() {
    return server.socket().getLocalPort();
  }

  long strangers() {
    return strangers;
  }

  void accept(long nowNs) {
    try {
      for (SocketChannel channel = server.accept(); channel != null; channel = server.accept()) {
        admit(channel, nowNs);
      }
    } catch (IOException e) {
      turnAway(null, "accept failed: " + e.getMessage());
    }
  }

  private void admit(SocketChannel channel, long nowNs) throws IOException {
    HelloChannel connection = new HelloChannel(channel, nowNs + context.helloTimeoutNs());
    if (connections.size() >= MonitorContext.MAX_INCOMING) {
      turnAway(connection, "more than " + MonitorContext.MAX_INCOMING + " connections");
      return;
    }
    channel.configureBlocking(false);
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    channel.register(selector, SelectionKey.OP_READ, connection);
    connections.add(connection);
  }

  void onReadable(HelloChannel connection) {
    switch (connection.read()) {
      case NOTHING -> {}
      case CLOSED -> drop(connection);
      case GARBAGE -> turnAway(connection, "what it said is no monitor hello");
      case HELLO -> greet(connection);
      default -> throw new IllegalStateException("unknown read");
    }
  }

  private void greet(HelloChannel connection) {
    MonitorHello hello = connection.hello();
    if (!hello.pairId().equals(own.pairId())) {
      turnAway(connection, "node " + hello.node() + " belongs to pair " + hello.pairId());
    } else if (!connection.send(own)) {
      drop(connection);
    }
  }

  /** Closes connections that did not introduce themselves in time. */
  void closeIdle(long nowNs) {
    for (int i = connections.size() - 1; i >= 0; i--) {
      HelloChannel connection = connections.get(i);
      if (connection.hello() == null && nowNs - connection.deadlineNs >= 0) {
        turnAway(connection, "said nothing within the time-out");
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

  void close() {
    CloseHelper.quietClose(server);
    connections.forEach(HelloChannel::close);
    connections.clear();
  }
}
