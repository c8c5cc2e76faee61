package org.understudy.vm.disk.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.understudy.host.FileExtents;
import org.understudy.host.LinuxCallException;
import org.understudy.host.LinuxCalls;

/**
 * A raw file as a disk, locked against other nodes on this host. Holes are made and found through a
 * descriptor of its own, since a channel does not give its own away.
 */
public final class DiskFile implements DiskStore {
  private static final int KEEP_SIZE = 1;
  private static final int PUNCH_HOLE = 2;
  private static final int ZERO_RANGE = 0x10;
  private static final int ZEROS_BYTES = 1 << 20;
  private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(ZEROS_BYTES);

  private final Path path;
  private final FileChannel channel;
  private final int fd;
  private final FileExtents extents;
  private final long sizeBytes;
  private boolean closed;

  private DiskFile(Path path, FileChannel channel, int fd, long sizeBytes) {
    this.path = path;
    this.channel = channel;
    this.fd = fd;
    extents = new FileExtents(fd, "disk " + path);
    this.sizeBytes = sizeBytes;
  }

  /** Opens an existing file; its size is the disk's. */
  public static DiskFile open(Path path) throws IOException {
    if (!Files.exists(path)) {
      throw new IOException(
          "disk "
              + path
              + " is not there: correct vm.disks, or make it (truncate -s SIZE FILE for an empty one,"
              + " qemu-img convert -O raw IMAGE FILE for one that holds a system)");
    }
    if (!Files.isRegularFile(path)) {
      throw new IOException(
          "disk "
              + path
              + " is not a regular file: a disk is a raw file, for a device of the host copy it into"
              + " one");
    }
    if (!Files.isReadable(path) || !Files.isWritable(path)) {
      throw new IOException(
          "disk " + path + " may not be read and written by this node: change its permissions");
    }
    FileChannel channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      lock(path, channel);
      long sizeBytes = channel.size();
      if (sizeBytes == 0) {
        throw new IOException("disk " + path + " is empty: a disk's size is that of its file");
      }
      int fd = LinuxCalls.open(path.toString(), LinuxCalls.O_RDWR, 0);
      LinuxCalls.check(fd, "opening disk " + path);
      return new DiskFile(path, channel, fd, sizeBytes);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static void lock(Path path, FileChannel channel) throws IOException {
    try {
      if (channel.tryLock() != null) {
        return;
      }
    } catch (OverlappingFileLockException e) {
      throw new IOException("disk " + path + " is open already", e);
    }
    throw new IOException("disk " + path + " is in use by another process");
  }

  /** Where it is. */
  public Path path() {
    return path;
  }

  @Override
  public long sizeBytes() {
    return sizeBytes;
  }

  @Override
  public void read(long offset, ByteBuffer into) throws IOException {
    Objects.checkFromIndexSize(offset, into.remaining(), sizeBytes);
    long at = offset;
    while (into.hasRemaining()) {
      int count = channel.read(into, at);
      if (count < 0) {
        throw new IOException("disk " + path + " was cut off at " + at);
      }
      at += count;
    }
  }

  @Override
  public void write(long offset, ByteBuffer from) throws IOException {
    Objects.checkFromIndexSize(offset, from.remaining(), sizeBytes);
    long at = offset;
    while (from.hasRemaining()) {
      at += channel.write(from, at);
    }
  }

  @Override
  public void trim(long offset, long lengthBytes) throws IOException {
    clear(PUNCH_HOLE | KEEP_SIZE, offset, lengthBytes);
  }

  @Override
  public void zero(long offset, long lengthBytes) throws IOException {
    clear(ZERO_RANGE, offset, lengthBytes);
  }

  private void clear(int mode, long offset, long lengthBytes) throws IOException {
    Objects.checkFromIndexSize(offset, lengthBytes, sizeBytes);
    if (lengthBytes == 0) {
      return;
    }
    int result;
    synchronized (this) {
      requireOpen();
      result = LinuxCalls.fallocate(fd, mode, offset, lengthBytes);
    }
    if (result == -LinuxCalls.EOPNOTSUPP) {
      writeZeros(offset, lengthBytes);
    } else if (result < 0) {
      throw failed("clearing a range of", result);
    }
  }

  private void writeZeros(long offset, long lengthBytes) throws IOException {
    for (long done = 0; done < lengthBytes; ) {
      int count = (int) Math.min(ZEROS_BYTES, lengthBytes - done);
      write(offset + done, ZEROS.slice(0, count));
      done += count;
    }
  }

  @Override
  public void sync() throws IOException {
    channel.force(false);
  }

  @Override
  public synchronized long nextData(long offset) throws IOException {
    requireOpen();
    return orFailed(() -> extents.nextData(offset, sizeBytes));
  }

  @Override
  public synchronized long nextHole(long offset) throws IOException {
    requireOpen();
    return orFailed(() -> extents.nextHole(offset, sizeBytes));
  }

  private static long orFailed(LongSupplier seek) throws IOException {
    try {
      return seek.getAsLong();
    } catch (LinuxCallException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private IOException failed(String what, int result) {
    return new IOException(what + " disk " + path + ": " + LinuxCalls.describe(-result));
  }

  private void requireOpen() throws IOException {
    if (closed) {
      throw new IOException("disk " + path + " is closed");
    }
  }

  @Override
  public synchronized void close() throws IOException {
    if (!closed) {
      closed = true;
      LinuxCalls.close(fd);
      channel.close();
    }
  }
}
