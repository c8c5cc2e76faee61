package org.understudy.protocol.monitor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import org.agrona.CloseHelper;

/** One monitor connection: reads at most one line, then watches for the end. */
final class HelloChannel {
  /** What a read found. */
  enum Read {
    /** Nothing new. */
    NOTHING,
    /** The hello is complete: {@link #hello}. */
    HELLO,
    /** Not a hello, too long, or more than a hello. */
    GARBAGE,
    /** The other side closed or reset it. */
    CLOSED
  }

  final SocketChannel channel;
  final long deadlineNs;
  private final ByteBuffer buffer = ByteBuffer.allocate(MonitorHello.MAX_BYTES);
  private MonitorHello hello;

  HelloChannel(SocketChannel channel, long deadlineNs) {
    this.channel = channel;
    this.deadlineNs = deadlineNs;
  }

  /** What the other side said, null if nothing yet. */
  MonitorHello hello() {
    return hello;
  }

  /** Sends our line; small enough for any empty socket buffer. */
  boolean send(MonitorHello own) {
    try {
      ByteBuffer line = own.encode();
      channel.write(line);
      return !line.hasRemaining();
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
    if (hello != null) {
      return Read.GARBAGE;
    }
    int length = buffer.position();
    int end = MonitorHello.lineEnd(buffer.array(), length);
    if (end == length && buffer.hasRemaining()) {
      return Read.NOTHING;
    }
    hello = end == length - 1 ? MonitorHello.parse(buffer.array(), end) : null;
    return hello == null ? Read.GARBAGE : Read.HELLO;
  }

  void close() {
    CloseHelper.quietClose(channel);
  }
}
