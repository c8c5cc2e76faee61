package org.understudy.lab.bench.presets;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;

/**
 * One client of a {@link LoadReplay}: a socket and the sending times of what is in flight on it.
 */
final class ReplayConnection {
  private final SocketChannel channel;
  private final SelectionKey selection;
  private final ReplyCounter replies = new ReplyCounter();
  private final ArrayDeque<Long> sentNs = new ArrayDeque<>();
  private ByteBuffer out = ByteBuffer.allocate(16 << 10);

  /** Next operation of this connection when it sends as fast as it is answered. */
  int next;

  ReplayConnection(InetSocketAddress address, Selector selector, int next) throws IOException {
    this.next = next;
    channel = SocketChannel.open(address);
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    channel.configureBlocking(false);
    selection = channel.register(selector, SelectionKey.OP_READ, this);
  }

  void enqueue(byte[] operation, long nowNs) {
    if (out.remaining() < operation.length) {
      int needed = out.position() + operation.length;
      out = ByteBuffer.allocate(Math.max(out.capacity() * 2, needed)).put(out.flip());
    }
    out.put(operation);
    sentNs.add(nowNs);
  }

  int inFlight() {
    return sentNs.size();
  }

  void flush() throws IOException {
    if (out.position() > 0) {
      out.flip();
      channel.write(out);
      out.compact();
    }
    int wanted = SelectionKey.OP_READ | (out.position() > 0 ? SelectionKey.OP_WRITE : 0);
    if (selection.interestOps() != wanted) {
      selection.interestOps(wanted);
    }
  }

  /** Reads what is there; the number of replies, or -1 at the end of the stream. */
  int read(ByteBuffer buffer) throws IOException {
    int bytes = channel.read(buffer.clear());
    return bytes < 0 ? -1 : replies.count(buffer.flip());
  }

  /** When the oldest operation in flight was sent; it is answered now. */
  long answered() {
    return sentNs.remove();
  }

  long errors() {
    return replies.errors();
  }

  void close() throws IOException {
    channel.close();
  }
}
