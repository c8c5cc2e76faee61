package org.understudy.vm.disk.file;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Bytes of one disk. Ranges outside of it are refused; a buffer is used from position to limit. */
public interface DiskStore extends AutoCloseable {
  /** Bytes of the disk; never changes. */
  long sizeBytes();

  /** Fills the buffer. */
  void read(long offset, ByteBuffer into) throws IOException;

  /** Writes the buffer. */
  void write(long offset, ByteBuffer from) throws IOException;

  /** The range reads as zeros from now on and takes no space where the platform can free it. */
  void trim(long offset, long lengthBytes) throws IOException;

  /** The range reads as zeros from now on and keeps its space. */
  void zero(long offset, long lengthBytes) throws IOException;

  /** All that was written before is durable when this returns. */
  void sync() throws IOException;

  /** Start of the first data at or after the offset; the size if only a hole follows. */
  long nextData(long offset) throws IOException;

  /** Start of the first hole at or after the offset; the size if there is none. */
  long nextHole(long offset) throws IOException;

  @Override
  void close() throws IOException;
}
