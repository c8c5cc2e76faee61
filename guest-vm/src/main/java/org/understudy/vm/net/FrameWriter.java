package org.understudy.vm.net;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import org.agrona.DirectBuffer;

/** Frames to a socket of QEMU, gathered so that many leave by one call. */
final class FrameWriter {
  private static final int BUFFER_BYTES = 256 << 10;

  private final WritableByteChannel channel;
  private final ByteBuffer bytes = ByteBuffer.allocateDirect(BUFFER_BYTES);

  FrameWriter(WritableByteChannel channel) {
    this.channel = channel;
  }

  /** Takes a frame for the next {@link #flush}; false where there is no room for it. */
  boolean offer(DirectBuffer buffer, int offset, int length) {
    if (bytes.remaining() < Integer.BYTES + length) {
      return false;
    }
    bytes.putInt(length);
    int at = bytes.position();
    buffer.getBytes(offset, bytes, at, length);
    bytes.position(at + length);
    return true;
  }

  /** Writes what the socket takes without waiting; true where nothing is left. */
  boolean flush() throws IOException {
    if (bytes.position() == 0) {
      return true;
    }
    bytes.flip();
    try {
      channel.write(bytes);
    } finally {
      bytes.compact();
    }
    return bytes.position() == 0;
  }

  boolean isEmpty() {
    return bytes.position() == 0;
  }

  /** Drops what was not written; the rest of a frame that was begun is missing for good. */
  void clear() {
    bytes.clear();
  }
}
