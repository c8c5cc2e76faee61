package org.understudy.vm.capture;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.understudy.checkpoint.memory.SharedMemoryFile;

/**
 * Where QEMU writes the state of its devices alone to: a file in memory, written anew each time.
 */
final class StateFile implements AutoCloseable {
  private final SharedMemoryFile file;
  private final FileChannel channel;

  /** Creates it; the name is unique on this host. */
  StateFile(String name) throws IOException {
    file = SharedMemoryFile.create(name);
    try {
      channel = FileChannel.open(file.path(), StandardOpenOption.READ);
    } catch (IOException e) {
      file.close();
      throw e;
    }
  }

  Path path() {
    return file.path();
  }

  long sizeBytes() throws IOException {
    return channel.size();
  }

  /** Fills the buffer with what comes after this many bytes of the file. */
  void read(ByteBuffer into, long from) throws IOException {
    long position = from;
    while (into.hasRemaining()) {
      int count = channel.read(into, position);
      if (count < 0) {
        throw new IOException(path() + " ends at byte " + position);
      }
      position += count;
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
    file.close();
  }
}
