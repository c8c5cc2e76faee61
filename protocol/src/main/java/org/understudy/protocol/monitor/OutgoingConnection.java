package org.understudy.protocol.monitor;

import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import org.agrona.CloseHelper;
import org.understudy.pair.ownership.NodeId;

/**
 * The connecting side, whose connection is the one that counts. After a bound connection is closed
 * it connects at once; a dying process may still take that connection into its backlog and then
 * reset it, so attempts go on at short intervals until one is refused or answered.
 */
final class OutgoingConnection {
  private enum State {
    WAITING,
    CONNECTING,
    INTRODUCED,
    BOUND
  }

  private final MonitorContext context;
  private final MonitorHello own;
  private final Greeting greeting;
  private final KnownPeer peer;
  private final PeerMonitorListener listener;
  private final Selector selector;
  private State state = State.WAITING;
  private HelloChannel connection;
  private Greeting.Question question;
  private NodeId lastPeer;
  private boolean suspect;
  private long intervalNs;
  private long nextAttemptNs;
  private boolean attempted;

  OutgoingConnection(
      MonitorContext context,
      MonitorHello own,
      Greeting greeting,
      KnownPeer peer,
      PeerMonitorListener listener,
      Selector selector) {
    this.context = context;
    this.own = own;
    this.greeting = greeting;
    this.peer = peer;
    this.listener = listener;
    this.selector = selector;
  }

  boolean isBound() {
    return state == State.BOUND;
  }

  boolean owns(HelloChannel other) {
    return connection == other;
  }

  /** Starts an attempt when it is due and ends one that takes too long. */
  void tick(long nowNs) {
    if (state == State.WAITING && (!attempted || nowNs - nextAttemptNs >= 0)) {
      attempted = true;
      attempt(nowNs);
    } else if ((state == State.CONNECTING || state == State.INTRODUCED)
        && nowNs - connection.deadlineNs >= 0) {
      retry(nowNs);
    }
  }

  private void attempt(long nowNs) {
    SocketChannel channel = null;
    try {
      channel = SocketChannel.open();
      channel.configureBlocking(false);
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      connection = new HelloChannel(channel, nowNs + context.helloTimeoutNs());
      state = State.CONNECTING;
      if (channel.connect(context.peerAddress())) {
        channel.register(selector, SelectionKey.OP_READ, connection);
        introduce(nowNs);
      } else {
        channel.register(selector, SelectionKey.OP_CONNECT, connection);
      }
    } catch (IOException e) {
      CloseHelper.quietClose(channel);
      failed(e, nowNs);
    }
  }

  void onConnectable(SelectionKey key, long nowNs) {
    try {
      if (connection.channel.finishConnect()) {
        key.interestOps(SelectionKey.OP_READ);
        introduce(nowNs);
      }
    } catch (IOException e) {
      failed(e, nowNs);
    }
  }

  private void introduce(long nowNs) {
    if (isConnectedToItself()) {
      failed(new ConnectException("refused: nobody else is there"), nowNs);
      return;
    }
    question = greeting.ask();
    if (connection.send(question.line())) {
      state = State.INTRODUCED;
    } else {
      retry(nowNs);
    }
  }

  /**
   * Without a listener a connect to a local port can be given that very port as its own and then
   * meets itself.
   */
  private boolean isConnectedToItself() {
    try {
      return connection.channel.getLocalAddress().equals(connection.channel.getRemoteAddress());
    } catch (IOException e) {
      return false;
    }
  }

  private void failed(IOException cause, long nowNs) {
    if (suspect && cause instanceof ConnectException && isRefusal(cause)) {
      suspect = false;
      listener.onReconnectRefused(lastPeer);
    }
    retry(nowNs);
  }

  /**
   * Only an answer of the peer's host says that nobody listens; a route that is gone says nothing.
   */
  private static boolean isRefusal(IOException cause) {
    return String.valueOf(cause.getMessage()).contains("refused");
  }

  void onReadable(long nowNs) {
    switch (connection.read()) {
      case NOTHING -> {}
      case LINE -> bind(nowNs);
      case GARBAGE -> {
        listener.onStranger("what the peer's monitor address said is no hello");
        ended(nowNs);
      }
      case CLOSED -> ended(nowNs);
      default -> throw new IllegalStateException("unknown read");
    }
  }

  private void bind(long nowNs) {
    MonitorHello hello = question.read(connection.line());
    if (hello == null) {
      listener.onStranger("at the peer's monitor address: " + greeting.why());
      retry(nowNs);
      return;
    }
    if (!hello.pairId().equals(own.pairId())) {
      listener.onStranger("at the peer's monitor address is pair " + hello.pairId());
      retry(nowNs);
      return;
    }
    if (hello.node().equals(own.node())) {
      listener.onStranger("the peer's monitor address is this node's own");
      retry(nowNs);
      return;
    }
    state = State.BOUND;
    NodeId before = lastPeer;
    lastPeer = hello.node();
    peer.is(hello.node());
    if (suspect) {
      suspect = false;
      listener.onReconnectAnswered(before, lastPeer);
    } else {
      listener.onPeerConnected(lastPeer);
    }
  }

  private void ended(long nowNs) {
    if (state != State.BOUND) {
      retry(nowNs);
      return;
    }
    connection.close();
    state = State.WAITING;
    suspect = true;
    intervalNs = context.reconnectNs();
    listener.onConnectionClosed(lastPeer);
    attempt(nowNs);
  }

  private void retry(long nowNs) {
    if (connection != null) {
      connection.close();
    }
    state = State.WAITING;
    long waitNs = context.retryNs();
    if (suspect) {
      waitNs = Math.min(intervalNs, waitNs);
      intervalNs = waitNs * 2;
    }
    nextAttemptNs = nowNs + waitNs;
  }

  void close() {
    if (connection != null) {
      connection.close();
    }
    state = State.WAITING;
  }
}
