package org.understudy.vm.qmp;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.Arrays;

/**
 * Lines of a channel, of bounded length; the bytes of the line read last stay in {@link #bytes}.
 */
final class QmpLines {
  /** The longest answers (all devices, all commands) have some 200 KiB. */
  static final int MAX_LINE_BYTES = 1 << 20;

  private final ReadableByteChannel channel;
  private final ByteBuffer chunk = ByteBuffer.allocate(1 << 14).flip();
  private byte[] line = new byte[1 << 12];
  private int length;
  private boolean isTaken;

  QmpLines(ReadableByteChannel channel) {
    this.channel = channel;
  }

  byte[] bytes() {
    return line;
  }

  /**
   * Reads one line that is not blank and returns its length without the line end; -1 where the rest
   * of it is still to come, of a channel that does not block.
   */
  int next() throws IOException {
    if (isTaken) {
      isTaken = false;
      length = 0;
    }
    while (true) {
      if (!chunk.hasRemaining() && fill() == 0) {
        return -1;
      }
      byte next = chunk.get();
      if (next != '\n') {
        append(next);
      } else if (!isBlank()) {
        isTaken = true;
        return length;
      } else {
        length = 0;
      }
    }
  }

  private int fill() throws IOException {
    chunk.clear();
    int count = channel.read(chunk);
    chunk.flip();
    if (count < 0) {
      throw new EOFException(
          length == 0 ? "QEMU closed the connection" : "QEMU closed the connection within a line");
    }
    return count;
  }

  private void append(byte next) {
    if (length == MAX_LINE_BYTES) {
      throw new QmpFormatException("a line of more than " + MAX_LINE_BYTES + " bytes");
    }
    if (length == line.length) {
      line = Arrays.copyOf(line, Math.min(2 * length, MAX_LINE_BYTES));
    }
    line[length++] = next;
  }

  private boolean isBlank() {
    for (int i = 0; i < length; i++) {
      if (line[i] != ' ' && line[i] != '\r' && line[i] != '\t') {
        return false;
      }
    }
    return true;
  }
}
