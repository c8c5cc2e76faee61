package org.understudy.service.front;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.agrona.CloseHelper;

/** The listening socket: opened and closed many times, always on the same address. */
public final class Listener {
  /** Clients that reconnect together after a takeover must not be refused by the kernel. */
  private static final int BACKLOG = 1024;

  /** Read by other threads too, to learn the port. */
  private volatile InetSocketAddress address;

  private volatile ServerSocketChannel channel;
  private SelectionKey key;

  Listener(InetSocketAddress address) {
    this.address = address;
  }

  /** Listens there for a moment; fails as {@link #open} does. */
  static void requireFree(InetSocketAddress address) {
    try (Selector probe = Selector.open()) {
      Listener listener = new Listener(address);
      listener.open(probe);
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot open a selector: " + e.getMessage(), e);
    }
  }

  boolean isOpen() {
    return channel != null;
  }

  /** The address in use; its port is 0 until a free one was taken. */
  InetSocketAddress address() {
    return address;
  }

  void open(Selector selector) {
    if (address.isUnresolved()) {
      throw new IllegalStateException("cannot listen on " + address + ": unknown host name");
    }
    ServerSocketChannel opened = null;
    try {
      opened = ServerSocketChannel.open();
      opened.configureBlocking(false);
      // Connections of the last run that the kernel still remembers do not hold the port.
      opened.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      opened.bind(address, BACKLOG);
      key = opened.register(selector, SelectionKey.OP_ACCEPT);
      address = (InetSocketAddress) opened.getLocalAddress();
      channel = opened;
    } catch (IOException e) {
      CloseHelper.quietClose(opened);
      throw new UncheckedIOException(
          "cannot listen on "
              + address.getHostString()
              + ":"
              + address.getPort()
              + " ("
              + e.getMessage()
              + "); stop the program that uses the port or choose another one",
          e);
    }
  }

  /** The next client, or null. */
  SocketChannel accept() throws IOException {
    return channel.accept();
  }

  /** Leaves clients in the backlog while they cannot be taken. */
  void pause(boolean paused) {
    if (channel != null) {
      key.interestOps(paused ? 0 : SelectionKey.OP_ACCEPT);
    }
  }

  void close() {
    CloseHelper.quietClose(channel);
    channel = null;
    key = null;
  }
}
