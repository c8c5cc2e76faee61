package org.understudy.node.save;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.function.BooleanSupplier;

/** Bytes of a saved guest on their way to and from its files; only its owner may read them. */
final class SaveFiles {
  private static final int SLICE_BYTES = 1 << 20;

  private SaveFiles() {}

  /**
   * Writes a segment, with holes for what is zero, and syncs it.
   *
   * @param goesOn asked between slices
   * @return false if it was not to go on; what is written then is no file of that segment
   */
  static boolean write(Path file, MemorySegment bytes, BooleanSupplier goesOn) throws IOException {
    Files.deleteIfExists(file);
    try (FileChannel channel =
        FileChannel.open(
            file,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      for (long at = 0; at < bytes.byteSize(); at += SLICE_BYTES) {
        if (!goesOn.getAsBoolean()) {
          return false;
        }
        MemorySegment slice = bytes.asSlice(at, Math.min(SLICE_BYTES, bytes.byteSize() - at));
        boolean isLast = at + SLICE_BYTES >= bytes.byteSize();
        if (isLast || !isZero(slice)) {
          writeAll(channel, slice.asByteBuffer(), at);
        }
      }
      channel.force(true);
    }
    return true;
  }

  private static boolean isZero(MemorySegment slice) {
    for (long at = 0; at + Long.BYTES <= slice.byteSize(); at += Long.BYTES) {
      if (slice.get(ValueLayout.JAVA_LONG_UNALIGNED, at) != 0) {
        return false;
      }
    }
    return slice.byteSize() % Long.BYTES == 0;
  }

  private static void writeAll(FileChannel channel, ByteBuffer from, long position)
      throws IOException {
    long at = position;
    while (from.hasRemaining()) {
      at += channel.write(from, at);
    }
  }

  /** Fills a segment, which is zero, from a file of exactly its size. */
  static void read(Path file, MemorySegment into) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
      if (channel.size() != into.byteSize()) {
        throw new IOException(file + " has " + channel.size() + " bytes, not " + into.byteSize());
      }
      for (long at = 0; at < into.byteSize(); at += SLICE_BYTES) {
        ByteBuffer slice =
            into.asSlice(at, Math.min(SLICE_BYTES, into.byteSize() - at)).asByteBuffer();
        readAll(file, channel, slice, at);
      }
    }
  }

  private static void readAll(Path file, FileChannel channel, ByteBuffer into, long position)
      throws IOException {
    long at = position;
    while (into.hasRemaining()) {
      int count = channel.read(into, at);
      if (count < 0) {
        throw new IOException(file + " ends at " + at);
      }
      at += count;
    }
  }

  /** Names in a directory are durable. */
  static void syncDirectory(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
