package org.understudy.vm.disk.nbd;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** Whole messages over a blocking socket; the buffers grow to the longest message and stay. */
final class NbdChannel {
  private static final int FIRST_BYTES = 64 << 10;

  private final SocketChannel socket;
  private ByteBuffer in = ByteBuffer.allocateDirect(FIRST_BYTES).flip();
  private ByteBuffer out = ByteBuffer.allocateDirect(FIRST_BYTES);

  NbdChannel(SocketChannel socket) {
    this.socket = socket;
  }

  /** Waits for so many bytes and returns the buffer, its position at the first of them. */
  ByteBuffer receive(int bytes) throws IOException {
    if (in.remaining() < bytes) {
      makeRoom(bytes);
      while (in.position() < bytes) {
        if (socket.read(in) < 0) {
          throw new EOFException("the client is gone");
        }
      }
      in.flip();
    }
    return in;
  }

  /** The next bytes as a buffer of their own, valid until the next call. */
  ByteBuffer receivePayload(int bytes) throws IOException {
    ByteBuffer whole = receive(bytes);
    ByteBuffer payload = whole.slice(whole.position(), bytes);
    whole.position(whole.position() + bytes);
    return payload;
  }

  private void makeRoom(int bytes) {
    if (in.capacity() >= bytes) {
      in.compact();
      return;
    }
    ByteBuffer larger = ByteBuffer.allocateDirect(grown(bytes));
    larger.put(in);
    in = larger;
  }

  /** An empty buffer with room for a message, to be sent by {@link #send}. */
  ByteBuffer message(int bytes) {
    if (out.capacity() < bytes) {
      out = ByteBuffer.allocateDirect(grown(bytes));
    }
    return out.clear();
  }

  /** Sends what was put into {@link #message}. */
  void send() throws IOException {
    out.flip();
    while (out.hasRemaining()) {
      socket.write(out);
    }
  }

  private static int grown(int bytes) {
    return Math.max(FIRST_BYTES, Integer.highestOneBit(bytes - 1) << 1);
  }
}
