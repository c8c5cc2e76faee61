package org.understudy.node.run;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.understudy.node.program.ExitCode;
import org.understudy.node.program.UserError;
import org.understudy.node.status.NodeStatus;
import org.understudy.node.status.StatusFile;

/**
 * The directory of one node: {@code status.json}, {@code node.pid} and {@code lock}. One process
 * owns it at a time; the kernel drops the lock when that process dies, however it dies.
 */
public final class RunDirectory implements AutoCloseable {
  /** The process id of a node that runs, or did not end in order. */
  public static final String PID = "node.pid";

  private static final String LOCK = "lock";
  private static final int LOCK_ATTEMPTS = 5;
  private static final long LOCK_PAUSE_NS = 20_000_000;

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
    this.statusFile = new StatusFile(directory.resolve(StatusFile.NAME));
    this.previous = readPrevious();
    this.deadPid = readDeadPid();
    Files.writeString(
        directory.resolve(PID), ProcessHandle.current().pid() + System.lineSeparator());
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
              directory.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
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

  /** Tried for a moment: whoever looks whether a node runs here holds the lock that long. */
  private static FileLock tryLock(FileChannel channel) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      for (int attempt = 1; lock == null && attempt < LOCK_ATTEMPTS; attempt++) {
        LockSupport.parkNanos(LOCK_PAUSE_NS);
        lock = channel.tryLock();
      }
      return lock;
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  /**
   * Whether a process owns the directory now: its lock says so, which dies with it, also where
   * process ids of another namespace mean nothing. Not to be asked by that process itself.
   */
  public static boolean isOwned(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory.resolve(LOCK), StandardOpenOption.READ);
        FileLock free = channel.tryLock(0, Long.MAX_VALUE, true)) {
      return free == null;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  private static UserError inUse(Path directory) {
    String pid;
    try {
      pid = Files.readString(directory.resolve(PID)).strip();
    } catch (IOException e) {
      pid = "unknown";
    }
    return new UserError(
        ExitCode.REFUSED,
        "node directory "
            + directory
            + " belongs to running process "
            + pid
            + whose(pid)
            + ": stop it or set another node.directory");
  }

  /** A number that nobody has here is not to be looked for here. */
  private static String whose(String pid) {
    boolean isHere = pid.matches("\\d{1,18}") && ProcessHandle.of(Long.parseLong(pid)).isPresent();
    return isHere ? "" : " of another process id namespace (a container that shares the directory)";
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
      return OptionalLong.of(Long.parseLong(Files.readString(directory.resolve(PID)).strip()));
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
      Files.deleteIfExists(directory.resolve(PID));
      lock.release();
      lockChannel.close();
    } catch (IOException e) {
      // The process ends and the kernel drops the lock; a pid file of a dead process is harmless.
    }
  }
}
