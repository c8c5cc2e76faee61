package org.understudy.lab.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import org.understudy.lab.judge.LoadCommand;

/** One client: a socket, the operations in flight on it, and its stream of work. */
final class LoadConnection {
  /** One operation that was sent. */
  record Sent(int row, byte[] value) {}

  private static final byte[] LINE = {'\r', '\n'};

  final int number;
  final Workload workload;
  final ArrayDeque<Sent> inFlight = new ArrayDeque<>();
  int nextId;

  /** Next key of the population, or past its end. */
  int nextKey;

  /** Which of the fronts it uses; grows at each break. */
  int addressIndex;

  /** When to try to connect again; 0 while connected or connecting. */
  long retryAtNs;

  private ReplyParser parser = new ReplyParser();
  private ByteBuffer out = ByteBuffer.allocate(16 << 10);
  private SocketChannel channel;
  private SelectionKey selection;

  LoadConnection(int number, Workload workload) {
    this.number = number;
    this.workload = workload;
    this.nextKey = number;
  }

  void connect(Selector selector, InetSocketAddress address) throws IOException {
    retryAtNs = 0;
    channel = SocketChannel.open();
    channel.configureBlocking(false);
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    selection = channel.register(selector, SelectionKey.OP_CONNECT, this);
    if (channel.connect(address)) {
      selection.interestOps(SelectionKey.OP_READ);
    }
  }

  /** Whether operations can be sent. */
  boolean isConnected() {
    return channel != null && channel.isConnected();
  }

  void finishConnect() throws IOException {
    channel.finishConnect();
    selection.interestOps(SelectionKey.OP_READ);
  }

  /** Encodes a command behind what waits to be written. */
  void enqueue(LoadCommand command, String key, byte[] value) {
    byte[] name = command.name().getBytes(StandardCharsets.US_ASCII);
    byte[] keyBytes = key.getBytes(StandardCharsets.US_ASCII);
    reserve(64 + name.length + keyBytes.length + (value == null ? 0 : value.length));
    out.put((byte) '*').put((byte) (value == null ? '2' : '3')).put(LINE);
    bulk(name);
    bulk(keyBytes);
    if (value != null) {
      bulk(value);
    }
  }

  private void reserve(int bytes) {
    if (out.remaining() < bytes) {
      ByteBuffer larger = ByteBuffer.allocate(Math.max(out.capacity() * 2, out.position() + bytes));
      larger.put(out.flip());
      out = larger;
    }
  }

  private void bulk(byte[] bytes) {
    out.put((byte) '$').put(Integer.toString(bytes.length).getBytes(StandardCharsets.US_ASCII));
    out.put(LINE).put(bytes).put(LINE);
  }

  /** Writes what the socket takes and asks for more room if some is left. */
  void flush() throws IOException {
    out.flip();
    channel.write(out);
    out.compact();
    int wanted = SelectionKey.OP_READ | (out.position() > 0 ? SelectionKey.OP_WRITE : 0);
    if (selection.interestOps() != wanted) {
      selection.interestOps(wanted);
    }
  }

  /** Reads what is there; false at the end of the stream. */
  boolean read(ByteBuffer buffer, ReplyParser.Consumer consumer) throws IOException {
    int count = channel.read(buffer.clear());
    if (count > 0) {
      parser.receive(buffer.flip(), consumer);
    }
    return count >= 0;
  }

  /** Closes the socket and forgets half-read replies. */
  void disconnect() {
    if (selection != null) {
      selection.cancel();
    }
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      // it is gone either way
    }
    channel = null;
    selection = null;
    parser = new ReplyParser();
    out.clear();
  }
}
