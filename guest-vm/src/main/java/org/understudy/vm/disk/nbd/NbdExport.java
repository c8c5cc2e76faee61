package org.understudy.vm.disk.nbd;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A disk that is served. Ranges were checked against the size. Called by one connection at a time;
 * an {@link IOException} becomes an error reply, and the connection goes on.
 */
public interface NbdExport {
  /** Name by which clients ask for it. */
  String name();

  /** Bytes of the disk; never changes. */
  long sizeBytes();

  /** Fills the buffer. */
  void read(long offset, ByteBuffer into) throws IOException;

  /** Writes the buffer; {@code durable} as if a flush of it followed. */
  void write(long offset, ByteBuffer from, boolean durable) throws IOException;

  /** The range reads as zeros; {@code keepSpace} for no hole. */
  void zero(long offset, long lengthBytes, boolean keepSpace, boolean durable) throws IOException;

  /** The range is not needed any more. */
  void trim(long offset, long lengthBytes, boolean durable) throws IOException;

  /** Everything answered before is as durable as the export's policy says. */
  void flush() throws IOException;
}
