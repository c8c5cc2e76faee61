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
    AttachedProcess left = leftOver(directory);
    if (left != null && left.pid != pid && left.isRunning()) {
      throw new AttachException(
          "QEMU "
              + left.pid
              + ", which a process of this node had attached, still runs: end it, or"
              + " attach that one");
    }
    process.write();
    return process;
  }

  /** Ends what a former process of the node had attached. */
  public static void endLeftOver(Path directory) {
    AttachedProcess process = leftOver(directory);
    if (process != null) {
      end(process);
      process.forget();
    }
  }

  /**
   * Refuses to go on beside a machine that a former process had attached, and that has the only
   * state of the guest: it is not ended.
   *
   * @param isToAttach whether this process is about to attach a machine, as which it may come
   * @throws AttachException where it still runs and is not attached again
   */
  public static void refuseLeftOver(Path directory, boolean isToAttach) {
    AttachedProcess process = leftOver(directory);
    if (process != null && process.isRunning() && !isToAttach) {
      throw new AttachException(
          "QEMU "
              + process.pid
              + ", which a process of this node had attached, still runs, and by the register it has"
              + " the only state of the guest: to go on with that guest start this node as primary"
              + " with the machine attached again (vm.attach = the QMP socket of that QEMU, and"
              + " --start-empty); only if its state is given up end that QEMU, and start again");
    }
  }

  /** Null where none was left since the host started. */
  private static AttachedProcess leftOver(Path directory) {
    Path file = directory.resolve(FILE);
    if (!Files.exists(file)) {
      return null;
    }
    try {
      String[] words = Files.readString(file).strip().split(" ");
      AttachedProcess process =
          new AttachedProcess(Long.parseLong(words[1]), Long.parseLong(words[2]), file);
      if (!words[0].equals(boot())) {
        process.forget();
        return null;
      }
      return process;
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
    if (!awaitEnd(GONE_TIMEOUT_NS)) {
      LOG.error("QEMU {} does not die of SIGKILL", pid);
      return false;
    }
    forget();
    return true;
  }

  /** Waits until it has ended; false where the time was not enough. */
  boolean awaitEnd(long timeoutNs) {
    long deadlineNs = System.nanoTime() + timeoutNs;
    while (isRunning()) {
      if (System.nanoTime() - deadlineNs > 0) {
        return false;
      }
      LockSupport.parkNanos(GONE_RETRY_NS);
    }
    return true;
  }

  /** The node's next process does not look for it. */
  public void forget() {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      LOG.warn("cannot remove {}: {}", file, e.getMessage());
    }
  }
}
