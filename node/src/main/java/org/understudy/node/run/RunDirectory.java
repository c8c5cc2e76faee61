package org.understudy.node.run;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.understudy.node.program.ExitCode;
import org.understudy.node.program.UserError;
import org.understudy.node.status.NodeStatus;
import org.understudy.node.status.StatusFile;

/**
 * The directory of one node: {@code status.json}, {@code node.pid} and {@code lock}. One process
 * owns it at a time; the kernel drops the lock when that process dies, however it dies.
 */
public final class RunDirectory implements AutoCloseable {
  private final Path directory;
  private final FileChannel lockChannel;
  private final FileLock lock;
  private final StatusFile statusFile;
  private final Optional<NodeStatus> previous;
  private final OptionalLong deadPid;

  private RunDirectory(Path directory, FileChannel lockChannel, FileLock lock) throws IOException {
    this.directory = directory;
    this.lockChannel = lockChannel;
    this.lock = lock;
    this.statusFile = new StatusFile(directory.resolve("status.json"));
    this.previous = readPrevious();
    this.deadPid = readDeadPid();
    Files.writeString(
        directory.resolve("node.pid"), ProcessHandle.current().pid() + System.lineSeparator());
  }

  /**
   * Takes the directory, which is made if it is missing.
   *
   * @throws UserError if a living process owns it or it cannot be written
   */
  public static RunDirectory open(Path directory) {
    FileChannel channel = null;
    try {
      makePrivate(directory);
      channel =
          FileChannel.open(
              directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = tryLock(channel);
      if (lock == null) {
        throw inUse(directory);
      }
      return new RunDirectory(directory, channel, lock);
    } catch (IOException e) {
      closeQuietly(channel);
      throw new UserError(
          ExitCode.REFUSED,
          "node directory " + directory + " cannot be used: " + e + "; set node.directory",
          e);
    } catch (UserError e) {
      closeQuietly(channel);
      throw e;
    }
  }

  /** Sockets that command the machine lie below it, and what its guest's state passes through. */
  private static void makePrivate(Path directory) throws IOException {
    Set<PosixFilePermission> ownerOnly = PosixFilePermissions.fromString("rwx------");
    Path parent = directory.toAbsolutePath().getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    if (!Files.isDirectory(directory)) {
      Files.createDirectory(directory, PosixFilePermissions.asFileAttribute(ownerOnly));
    }
    if (!Files.getPosixFilePermissions(directory).equals(ownerOnly)) {
      Files.setPosixFilePermissions(directory, ownerOnly);
    }
  }

  private static FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  private static UserError inUse(Path directory) {
    String pid;
    try {
      pid = Files.readString(directory.resolve("node.pid")).strip();
    } catch (IOException e) {
      pid = "unknown";
    }
    return new UserError(
        ExitCode.REFUSED,
        "node directory "
            + directory
            + " belongs to running process "
            + pid
            + ": stop it or set another node.directory");
  }

  private Optional<NodeStatus> readPrevious() {
    try {
      return statusFile.read();
    } catch (IOException e) {
      // Only told to the operator; a damaged one is as good as none.
      return Optional.empty();
    }
  }

  /** An orderly end removes the file. */
  private OptionalLong readDeadPid() {
    try {
      return OptionalLong.of(
          Long.parseLong(Files.readString(directory.resolve("node.pid")).strip()));
    } catch (IOException | NumberFormatException e) {
      return OptionalLong.empty();
    }
  }

  private static void closeQuietly(FileChannel channel) {
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException e) {
        // nothing was written through it
      }
    }
  }

  /** Where it is. */
  public Path path() {
    return directory;
  }

  /** The status file to write. */
  public StatusFile status() {
    return statusFile;
  }

  /** Last status of the previous process in this directory. */
  public Optional<NodeStatus> previous() {
    return previous;
  }

  /** Process id of the previous process in this directory if it did not end in order. */
  public OptionalLong deadPid() {
    return deadPid;
  }

  @Override
  public void close() {
    try {
      Files.deleteIfExists(directory.resolve("node.pid"));
      lock.release();
      lockChannel.close();
    } catch (IOException e) {
      // The process ends and the kernel drops the lock; a pid file of a dead process is harmless.
    }
  }
}
