package org.understudy.vm.attach;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.vm.track.ProcessState;

/**
 * The process of an attached QEMU, told from a later one of the same number by when it started. A
 * file of the node remembers it as long as it lives: if the node dies, QEMU runs on without disks,
 * and the node's next process ends it before it serves these disks to anything else.
 */
public final class AttachedProcess {
  private static final Logger LOG = LoggerFactory.getLogger("understudy.vm");
  private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");
  private static final String FILE = "attached";
  private static final long GONE_TIMEOUT_NS = 30_000_000_000L;
  private static final long GONE_RETRY_NS = 1_000_000;

  private final long pid;
  private final long startTicks;
  private final Path file;

  private AttachedProcess(long pid, long startTicks, Path file) {
    this.pid = pid;
    this.startTicks = startTicks;
    this.file = file;
  }

  /** The process of this number, remembered in the node's directory from now on. */
  public static AttachedProcess remember(long pid, Path directory) {
    AttachedProcess process =
        new AttachedProcess(pid, ProcessState.startTicks(pid), directory.resolve(FILE));
    if (!process.isRunning()) {
      throw new AttachException("QEMU is gone");
    }
    process.write();
    return process;
  }

  /** Ends what a former process of the node had attached. */
  public static void endLeftOver(Path directory) {
    Path file = directory.resolve(FILE);
    if (!Files.exists(file)) {
      return;
    }
    try {
      String[] words = Files.readString(file).strip().split(" ");
      if (words[0].equals(boot())) {
        end(new AttachedProcess(Long.parseLong(words[1]), Long.parseLong(words[2]), file));
      }
      Files.deleteIfExists(file);
    } catch (IOException | IndexOutOfBoundsException | NumberFormatException e) {
      throw new AttachException(
          file
              + " cannot be used ("
              + e.getMessage()
              + "): end the QEMU that was attached here, if it runs, and remove the file",
          e);
    }
  }

  private static void end(AttachedProcess process) {
    if (process.isRunning()) {
      LOG.warn(
          "QEMU {} was attached by a process of this node that is gone: its guest lives elsewhere"
              + " or not at all, so it is killed",
          process.pid);
      if (!process.kill()) {
        throw new AttachException("QEMU " + process.pid + " does not die: the disks may be in use");
      }
    }
  }

  private void write() {
    try {
      Path draft = file.resolveSibling(FILE + ".new");
      Files.writeString(draft, boot() + " " + pid + " " + startTicks + "\n");
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new AttachException("cannot write " + file + ": " + e.getMessage(), e);
    }
  }

  /** Numbers of processes mean nothing after the next one. */
  private static String boot() throws IOException {
    return Files.readString(BOOT).strip();
  }

  long pid() {
    return pid;
  }

  boolean isRunning() {
    return ProcessState.startTicks(pid) == startTicks && ProcessState.isRunning(pid);
  }

  /** Ends it, waits until it is gone, and forgets it; false where it does not die. */
  boolean kill() {
    // The handle is of the process that has the number now; what started when says which that is.
    ProcessHandle.of(pid).filter(handle -> isRunning()).ifPresent(ProcessHandle::destroyForcibly);
    long deadlineNs = System.nanoTime() + GONE_TIMEOUT_NS;
    while (isRunning()) {
      if (System.nanoTime() - deadlineNs > 0) {
        LOG.error("QEMU {} does not die of SIGKILL", pid);
        return false;
      }
      LockSupport.parkNanos(GONE_RETRY_NS);
    }
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      LOG.warn("cannot remove {}: {}", file, e.getMessage());
    }
    return true;
  }
}
