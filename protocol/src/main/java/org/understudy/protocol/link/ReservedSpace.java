package org.understudy.protocol.link;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Room in shared memory that is kept from the start in a file of its own: a stream that comes later
 * gets its part of it. Bytes are written, not only counted: memory that was merely promised ends
 * the process with a signal at the first touch.
 */
final class ReservedSpace implements AutoCloseable {
  private static final int CHUNK_BYTES = 1 << 20;

  private final FileChannel channel;
  private final ByteBuffer zeros = ByteBuffer.allocateDirect(CHUNK_BYTES);

  /** Reserves so many bytes; throws what the file system says where it has not so many. */
  ReservedSpace(Path file, long bytes) throws IOException {
    channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try {
      write(channel, 0, bytes);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /** Gives up to so many of the reserved bytes back to the file system. */
  synchronized void give(long bytes) throws IOException {
    channel.truncate(Math.max(0, channel.size() - bytes));
  }

  /** Reserves so many more. */
  synchronized void take(long bytes) throws IOException {
    long end = channel.size();
    try {
      write(channel, end, end + bytes);
    } catch (IOException e) {
      channel.truncate(end);
      throw e;
    }
  }

  /** Gives a file of zeros all its memory now. */
  synchronized void fill(Path file, long bytes) throws IOException {
    try (FileChannel target = FileChannel.open(file, StandardOpenOption.WRITE)) {
      write(target, 0, bytes);
    }
  }

  long reservedBytes() throws IOException {
    return channel.size();
  }

  private void write(FileChannel target, long from, long to) throws IOException {
    long position = from;
    while (position < to) {
      zeros.clear().limit((int) Math.min(CHUNK_BYTES, to - position));
      while (zeros.hasRemaining()) {
        position += target.write(zeros, position);
      }
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
