package org.understudy.vm.device;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where QEMU writes device state to: one connection per epoch, read into one buffer. */
final class StateSocket implements AutoCloseable {
  /** Video memory is the largest part that can be in it. */
  static final int MAX_STATE_BYTES = 256 << 20;

  private static final int FIRST_BUFFER_BYTES = 1 << 20;

  private final Path path;
  private final ServerSocketChannel server;
  private Selector selector;
  private SocketChannel connection;
  private ByteBuffer buffer = ByteBuffer.allocateDirect(FIRST_BUFFER_BYTES);

  StateSocket(Path path) throws IOException {
    this.path = path;
    Files.deleteIfExists(path);
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(path));
    server.configureBlocking(false);
  }

  String uri() {
    return "unix:" + path;
  }

  /** Drops a connection that came for a capture that was given up. */
  void clear() throws IOException {
    drop();
    for (SocketChannel late = server.accept(); late != null; late = server.accept()) {
      late.close();
    }
  }

  /** Has a selector watch for QEMU's connections. */
  void watch(Selector newSelector) throws IOException {
    selector = newSelector;
    server.register(selector, SelectionKey.OP_ACCEPT);
  }

  /** Takes what has come of this capture's connection; true when all of it has. */
  boolean read() throws IOException {
    if (connection == null) {
      connection = server.accept();
      if (connection == null) {
        return false;
      }
      connection.configureBlocking(false);
      connection.register(selector, SelectionKey.OP_READ);
      buffer.clear();
    }
    while (true) {
      int count = connection.read(buffer);
      if (count < 0) {
        drop();
        return true;
      } else if (!buffer.hasRemaining()) {
        grow();
      } else if (count == 0) {
        return false;
      }
    }
  }

  /** What has come; valid until {@link #clear}. */
  ByteBuffer state() {
    return buffer.duplicate().flip().asReadOnlyBuffer();
  }

  /** Whether QEMU may still write. */
  boolean isOpen() {
    return connection != null;
  }

  private void drop() throws IOException {
    if (connection != null) {
      connection.close();
      connection = null;
    }
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
    drop();
    server.close();
    Files.deleteIfExists(path);
  }
}
