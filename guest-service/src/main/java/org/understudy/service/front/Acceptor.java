package org.understudy.service.front;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes clients from the listener. Where the host refuses one (no descriptor is left, mostly) its
 * backlog keeps it, and taking it is tried again a little later: nothing tells when it would work.
 */
final class Acceptor {
  static final long RETRY_NS = TimeUnit.MILLISECONDS.toNanos(50);

  private static final Logger LOG = LoggerFactory.getLogger(TcpFront.class);

  private final Listener listener;
  private final Selector selector;
  private boolean ready;
  private boolean paused;
  private long pausedSinceNs;
  private boolean reported;
  private volatile long refused;

  Acceptor(InetSocketAddress address, Selector selector) {
    this.listener = new Listener(address);
    this.selector = selector;
  }

  boolean isOpen() {
    return listener.isOpen();
  }

  InetSocketAddress address() {
    return listener.address();
  }

  void open() {
    listener.open(selector);
    paused = false;
  }

  void close() {
    listener.close();
  }

  /** A client waits, as the selector says. */
  void ready() {
    ready = true;
  }

  void clearReady() {
    ready = false;
  }

  boolean isReady() {
    return ready;
  }

  boolean isHeldUp() {
    return paused;
  }

  /** How long to wait for events at most, so that what was refused is tried again. */
  long boundWait(long timeoutNs) {
    return paused ? Math.min(timeoutNs, RETRY_NS) : timeoutNs;
  }

  /** To be called in each poll. */
  void poll(long nowNs) {
    if (paused && nowNs - pausedSinceNs >= RETRY_NS) {
      paused = false;
      listener.pause(false);
    }
  }

  /** The next client, or null: none waits, or it cannot be taken now. */
  SocketChannel next(long nowNs) {
    try {
      SocketChannel channel = listener.accept();
      reported &= channel == null;
      return channel;
    } catch (IOException e) {
      if (!reported) {
        reported = true;
        LOG.warn("cannot accept a client: {}; it waits, and is tried again", e.getMessage());
      }
      paused = true;
      pausedSinceNs = nowNs;
      listener.pause(true);
      return null;
    }
  }

  /** Tells a client that there are too many, and lets it go. */
  void refuse(SocketChannel client, byte[] text) {
    refused = refused + 1;
    try (client) {
      client.configureBlocking(false);
      client.write(ByteBuffer.wrap(text));
    } catch (IOException e) {
      LOG.debug("a client over the limit left by itself: {}", e.getMessage());
    }
  }

  /** Clients turned away so far; any thread. */
  long refused() {
    return refused;
  }
}
