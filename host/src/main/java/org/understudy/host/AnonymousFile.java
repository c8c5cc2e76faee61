package org.understudy.host;

import java.nio.file.Path;

/**
 * A file in memory that has no name, so that nothing is left of it when its owner dies. Other
 * processes of the same user open it by the owner's descriptor.
 */
public final class AnonymousFile implements AutoCloseable {
  private final int fd;

  private AnonymousFile(int fd) {
    this.fd = fd;
  }

  /**
   * Creates it empty.
   *
   * @param name for those who look at the process; need not be unique
   */
  public static AnonymousFile create(String name) {
    return new AnonymousFile(
        (int) LinuxCalls.check(LinuxCalls.memfdCreate(name), "memfd_create of " + name));
  }

  /** Where it can be opened while this is open, by this process and others. */
  public Path path() {
    return Path.of("/proc/" + ProcessHandle.current().pid() + "/fd/" + fd);
  }

  @Override
  public void close() {
    LinuxCalls.close(fd);
  }
}
