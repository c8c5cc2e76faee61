package org.understudy.protocol.monitor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import org.agrona.CloseHelper;
import org.understudy.pair.ownership.NodeId;

/** One monitor connection: reads at most one line, then watches for the end. */
final class HelloChannel {
  /** What a read found. */
  enum Read {
    /** Nothing new. */
    NOTHING,
    /** The line is complete: {@link #line}. */
    LINE,
    /** Too long, or more than a line. */
    GARBAGE,
    /** The other side closed or reset it. */
    CLOSED
  }

  final SocketChannel channel;
  final long deadlineNs;

  /** Who it turned out to be; null as long as nobody knows. */
  NodeId node;

  private final ByteBuffer buffer = ByteBuffer.allocate(Greeting.MAX_BYTES);
  private byte[] line;

  HelloChannel(SocketChannel channel, long deadlineNs) {
    this.channel = channel;
    this.deadlineNs = deadlineNs;
  }

  /** What the other side said, without the line feed; null if nothing yet. */
  byte[] line() {
    return line;
  }

  /** Sends our line; small enough for any empty socket buffer. */
  boolean send(byte[] own) {
    try {
      ByteBuffer bytes = ByteBuffer.wrap(own);
      channel.write(bytes);
      return !bytes.hasRemaining();
    } catch (IOException e) {
      return false;
    }
  }

  Read read() {
    try {
      int count = channel.read(buffer);
      if (count < 0) {
        return Read.CLOSED;
      }
      return count == 0 && buffer.hasRemaining() ? Read.NOTHING : parse();
    } catch (IOException e) {
      return Read.CLOSED;
    }
  }

  private Read parse() {
    if (line != null) {
      return Read.GARBAGE;
    }
    int length = buffer.position();
    int end = 0;
    while (end < length && buffer.get(end) != '\n') {
      end++;
    }
    if (end == length && buffer.hasRemaining()) {
      return Read.NOTHING;
    }
    line = end == length - 1 ? Arrays.copyOf(buffer.array(), end) : null;
    return line == null ? Read.GARBAGE : Read.LINE;
  }

  void close() {
    CloseHelper.quietClose(channel);
  }
}
