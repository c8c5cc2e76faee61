package org.understudy.vm.net;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import org.agrona.concurrent.UnsafeBuffer;

/** Frames from a socket of QEMU: a length of four bytes, big-endian, then the frame. */
final class FrameReader {
  private static final int BUFFER_BYTES = 256 << 10;

  private final int nic;
  private final ReadableByteChannel channel;
  private final ByteBuffer bytes = ByteBuffer.allocateDirect(BUFFER_BYTES);
  private final UnsafeBuffer buffer = new UnsafeBuffer(bytes);

  FrameReader(int nic, ReadableByteChannel channel) {
    this.nic = nic;
    this.channel = channel;
  }

  /**
   * Reads once, without waiting, and gives each whole frame to the sink.
   *
   * @return bytes read, 0 where none waited, -1 at the end
   * @throws IOException where the connection failed or what came cannot be a frame
   */
  int read(FrameSink sink) throws IOException {
    int count = channel.read(bytes);
    if (count > 0) {
      int at = parse(sink);
      if (at > 0) {
        bytes.flip().position(at);
        bytes.compact();
      }
    }
    return count;
  }

  private int parse(FrameSink sink) throws IOException {
    int end = bytes.position();
    int at = 0;
    while (end - at >= Integer.BYTES) {
      int length = bytes.getInt(at);
      if (length < 1 || length > Frames.MAX_FRAME_BYTES) {
        throw new IOException(
            "a frame of " + Integer.toUnsignedString(length) + " bytes cannot come from QEMU");
      }
      if (end - at - Integer.BYTES < length) {
        break;
      }
      sink.onFrame(nic, buffer, at + Integer.BYTES, length);
      at += Integer.BYTES + length;
    }
    return at;
  }
}
