package org.understudy.protocol.link;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.Set;

/**
 * A lock file that is held open for as long as its owner lives, which the kernel ends with the
 * process however it ends. What stands beside a lock that somebody holds belongs to a living
 * process, also one of another process id namespace; a number or a clock could not tell.
 *
 * <p>The kernel drops a lock of this kind when the process closes any descriptor of the file, so
 * those held by this process are known by path and never opened a second time.
 */
public final class HeldLock implements AutoCloseable {
  private static final Set<Path> OWN = new HashSet<>();

  private final Path file;
  private final FileChannel channel;

  private HeldLock(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Makes the file, which must not exist, and holds it.
   *
   * @throws FileAlreadyExistsException if somebody else made it
   */
  public static HeldLock create(Path file) throws IOException {
    Path path = real(file);
    synchronized (OWN) {
      while (true) {
        FileChannel channel =
            FileChannel.open(
                path,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        // A clean-up of another process may have come between making and locking it.
        if (channel.tryLock() != null && Files.exists(path)) {
          OWN.add(path);
          return new HeldLock(path, channel);
        }
        channel.close();
      }
    }
  }

  /** Holds a file whose owner is gone; null if he lives, or if the file is gone or another's. */
  public static HeldLock ofTheDead(Path file) {
    try {
      Path path = real(file);
      synchronized (OWN) {
        if (OWN.contains(path)) {
          return null;
        }
        FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE);
        if (channel.tryLock() != null && Files.exists(path)) {
          OWN.add(path);
          return new HeldLock(path, channel);
        }
        channel.close();
        return null;
      }
    } catch (IOException e) {
      return null;
    }
  }

  /** Where it is. */
  public Path file() {
    return file;
  }

  /** Writes its content and waits until it is on the disk. */
  public void write(byte[] content) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(content);
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
    channel.force(true);
  }

  private static Path real(Path file) throws IOException {
    Path absolute = file.toAbsolutePath();
    Path parent = absolute.getParent();
    if (parent == null) {
      throw new NoSuchFileException(file.toString());
    }
    return parent.toRealPath().resolve(absolute.getFileName());
  }

  /** Removes the file, then lets go of it: nobody ever holds a name that is gone. */
  @Override
  public void close() {
    synchronized (OWN) {
      try (channel) {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        // The next clean-up finds it unlocked.
      } finally {
        OWN.remove(file);
      }
    }
  }
}
