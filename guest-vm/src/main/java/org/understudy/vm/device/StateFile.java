package org.understudy.vm.device;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.understudy.host.AnonymousFile;

/**
 * Where QEMU writes the state of its devices alone to: a file in memory, written anew each time.
 * Its path is short, as QEMU reads it byte by byte in every pause.
 */
final class StateFile implements AutoCloseable {
  private final AnonymousFile file;
  private final FileChannel channel;
  private final Path pathForQemu;

  private StateFile(AnonymousFile file, Path pathForQemu) throws IOException {
    this.file = file;
    this.pathForQemu = pathForQemu;
    try {
      channel = FileChannel.open(file.path(), StandardOpenOption.READ);
    } catch (IOException e) {
      file.close();
      throw e;
    }
  }

  /** A new one. */
  static StateFile create() throws IOException {
    AnonymousFile file = AnonymousFile.create("device-state");
    return new StateFile(file, file.path());
  }

  /** One that QEMU looks for elsewhere. */
  static StateFile named(Path pathForQemu) throws IOException {
    return new StateFile(AnonymousFile.create("device-state"), pathForQemu);
  }

  Path path() {
    return pathForQemu;
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
