package org.understudy.node.control;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** Reads lines of a control connection, bounded in length and time. */
final class LineChannel {
  static final int MAX_LINE_BYTES = 4096;

  private final SocketChannel channel;
  private final ByteBuffer buffer = ByteBuffer.allocate(MAX_LINE_BYTES);

  LineChannel(SocketChannel channel) {
    this.channel = channel;
  }

  /** The first line; the channel does not block afterwards. */
  static String readLine(SocketChannel channel, long timeoutMs) throws IOException {
    return new LineChannel(channel).next(timeoutMs);
  }

  /**
   * The next line.
   *
   * @throws EOFException if the other side closed
   * @throws SocketTimeoutException if it does not come in time
   */
  String next(long timeoutMs) throws IOException {
    long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
    channel.configureBlocking(false);
    try (Selector selector = Selector.open()) {
      channel.register(selector, SelectionKey.OP_READ);
      String line = takeLine();
      while (line == null) {
        long leftMs = TimeUnit.NANOSECONDS.toMillis(deadlineNs - System.nanoTime());
        if (leftMs <= 0 || selector.select(leftMs) == 0 && System.nanoTime() - deadlineNs >= 0) {
          throw new SocketTimeoutException("no line within " + timeoutMs + " ms");
        }
        selector.selectedKeys().clear();
        if (channel.read(buffer) < 0) {
          throw new EOFException("the connection was closed");
        }
        line = takeLine();
      }
      return line;
    }
  }

  private String takeLine() throws IOException {
    for (int i = 0; i < buffer.position(); i++) {
      if (buffer.get(i) == '\n') {
        String line = new String(buffer.array(), 0, i, StandardCharsets.UTF_8);
        buffer.flip().position(i + 1);
        buffer.compact();
        return line;
      }
    }
    if (!buffer.hasRemaining()) {
      throw new IOException("a line is longer than " + MAX_LINE_BYTES + " bytes");
    }
    return null;
  }
}
