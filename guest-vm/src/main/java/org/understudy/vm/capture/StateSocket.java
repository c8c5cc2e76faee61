package org.understudy.vm.capture;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where QEMU writes device state to: one connection per epoch, read to its end into one buffer. */
final class StateSocket implements AutoCloseable {
  /** Video memory is the largest part that can be in it. */
  static final int MAX_STATE_BYTES = 256 << 20;

  private static final int FIRST_BUFFER_BYTES = 1 << 20;

  private final Path path;
  private final ServerSocketChannel server;
  private final Selector accepting;
  private final Selector reading;
  private ByteBuffer buffer = ByteBuffer.allocateDirect(FIRST_BUFFER_BYTES);

  StateSocket(Path path) throws IOException {
    this.path = path;
    Files.deleteIfExists(path);
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(path));
    server.configureBlocking(false);
    accepting = Selector.open();
    reading = Selector.open();
    server.register(accepting, SelectionKey.OP_ACCEPT);
  }

  String uri() {
    return "unix:" + path;
  }

  /** Drops a connection that came for a capture that was given up. */
  void clear() throws IOException {
    for (SocketChannel late = server.accept(); late != null; late = server.accept()) {
      late.close();
    }
  }

  /** Takes one connection and reads it to its end; valid until the next call. */
  ByteBuffer read(long deadlineNs) throws IOException {
    try (SocketChannel channel = accept(deadlineNs)) {
      channel.configureBlocking(false);
      channel.register(reading, SelectionKey.OP_READ);
      buffer.clear();
      while (true) {
        int count = channel.read(buffer);
        if (count < 0) {
          return buffer.flip().asReadOnlyBuffer();
        } else if (!buffer.hasRemaining()) {
          grow();
        } else if (count == 0) {
          await(reading, channel, deadlineNs);
        }
      }
    } finally {
      reading.selectNow(); // forgets the closed channel
    }
  }

  private SocketChannel accept(long deadlineNs) throws IOException {
    SocketChannel channel = server.accept();
    while (channel == null) {
      await(accepting, server, deadlineNs);
      channel = server.accept();
    }
    return channel;
  }

  private static void await(Selector selector, SelectableChannel channel, long deadlineNs)
      throws IOException {
    long leftMs = (deadlineNs - System.nanoTime()) / 1_000_000;
    if (leftMs <= 0) {
      throw new IOException(
          channel instanceof ServerSocketChannel
              ? "QEMU did not connect in time"
              : "QEMU did not write all in time");
    }
    selector.select(leftMs);
    selector.selectedKeys().clear();
  }

  private void grow() {
    if (buffer.capacity() == MAX_STATE_BYTES) {
      throw new CaptureException("device state of more than " + MAX_STATE_BYTES + " bytes");
    }
    int larger = (int) Math.min(2L * buffer.capacity(), MAX_STATE_BYTES);
    buffer = ByteBuffer.allocateDirect(larger).put(buffer.flip());
  }

  @Override
  public void close() throws IOException {
    accepting.close();
    reading.close();
    server.close();
    Files.deleteIfExists(path);
  }
}
