package org.understudy.service.front;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;
import org.understudy.service.front.Chunks.Chunk;

/** One connected client: what it still has to be told, and what the sink has not taken yet. */
final class TcpSession {
  final long id;
  final SocketChannel channel;
  final SelectionKey key;

  /** Events that the sink refused, in their order: opened, then bytes, then closed. */
  boolean openedPending;

  Chunk parkedBytes;
  boolean gonePending;

  /** In the front's list of sessions with refused events. */
  boolean parked;

  /** In the front's list of sessions with bytes to write. */
  boolean flushListed;

  /** In the front's list of sessions that the selector found ready. */
  boolean readyListed;

  /** Closed by the service: ends when its queue is written. */
  boolean closing;

  /** The client sends no more; it may still wait for replies, and only the service knows. */
  boolean inputEnded;

  /** The socket is closed. */
  boolean gone;

  long queuedBytes;

  /** When it last took bytes, or when bytes began to wait for it. */
  long progressNs;

  private final ArrayDeque<Chunk> queue = new ArrayDeque<>(2);
  private final Chunks large;
  private final Chunks small;
  private boolean reading = true;
  private boolean writing;

  TcpSession(long id, SocketChannel channel, SelectionKey key, Chunks large, Chunks small) {
    this.id = id;
    this.channel = channel;
    this.key = key;
    this.large = large;
    this.small = small;
  }

  /** Whether so many more bytes can be kept now. */
  boolean hasRoom(int length) {
    Chunk tail = queue.peekLast();
    int left = length - (tail == null ? firstRoom(length) : tail.buffer.capacity() - tail.written);
    return left <= 0 || (left + Chunks.LARGE_BYTES - 1L) / Chunks.LARGE_BYTES <= large.available();
  }

  private static int firstRoom(int length) {
    return length <= Chunks.SMALL_BYTES ? Chunks.SMALL_BYTES : 0;
  }

  /** Keeps bytes to be written; only after {@link #hasRoom}. */
  void enqueue(DirectBuffer source, int offset, int length, long nowNs) {
    if (queuedBytes == 0) {
      progressNs = nowNs;
    }
    int from = offset;
    int left = length;
    Chunk tail = queue.peekLast();
    while (left > 0) {
      if (tail == null || tail.isFull()) {
        // One small chunk for each client: there are as many of them as there may be clients.
        boolean first = tail == null && firstRoom(left) > 0;
        tail = first ? small.take() : large.take();
        queue.addLast(tail);
      }
      int count = Math.min(left, tail.buffer.capacity() - tail.written);
      source.getBytes(from, tail.buffer, tail.written, count);
      tail.written += count;
      from += count;
      left -= count;
      queuedBytes += count;
    }
  }

  /** Writes what the socket takes and returns the bytes; a broken connection throws. */
  long write(long nowNs) throws IOException {
    long total = 0;
    Chunk head = queue.peekFirst();
    while (head != null) {
      ByteBuffer bytes = head.buffer;
      bytes.limit(head.written).position(head.read);
      int count = channel.write(bytes);
      bytes.clear();
      total += count;
      queuedBytes -= count;
      head.read += count;
      if (head.read < head.written) {
        break;
      }
      queue.pollFirst().giveBack();
      head = queue.peekFirst();
    }
    if (total > 0) {
      progressNs = nowNs;
    }
    return total;
  }

  void park(Chunk taken) {
    parkedBytes = taken;
  }

  void unpark() {
    parkedBytes.giveBack();
    parkedBytes = null;
  }

  /**
   * Reads while nothing of it waits for the sink and it takes its replies; writes while it must.
   */
  void updateInterest(long stopReadingBytes) {
    boolean read =
        !parked
            && !closing
            && !inputEnded
            && queuedBytes <= (reading ? stopReadingBytes : stopReadingBytes / 2);
    boolean write = queuedBytes > 0;
    if (!gone && (read != reading || write != writing)) {
      reading = read;
      writing = write;
      key.interestOps((read ? SelectionKey.OP_READ : 0) | (write ? SelectionKey.OP_WRITE : 0));
    }
  }

  void closeSocket() {
    gone = true;
    queuedBytes = 0;
    while (!queue.isEmpty()) {
      queue.pollFirst().giveBack();
    }
    CloseHelper.quietClose(channel);
  }
}
