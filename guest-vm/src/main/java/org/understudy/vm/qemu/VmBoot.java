package org.understudy.vm.qemu;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What the guest boots.
 *
 * @param kernel Linux or multiboot kernel; empty to boot from the first disk
 * @param initrd its initial file system
 * @param append its command line
 */
public record VmBoot(Optional<Path> kernel, Optional<Path> initrd, String append) {
  /** Refuses what only makes sense with a kernel. */
  public VmBoot {
    if (kernel.isEmpty() && (initrd.isPresent() || !append.isEmpty())) {
      throw new IllegalArgumentException("vm.initrd and vm.append need vm.kernel");
    }
  }

  /** From the first disk, by the firmware. */
  public static VmBoot disk() {
    return new VmBoot(Optional.empty(), Optional.empty(), "");
  }

  /** A kernel alone. */
  public static VmBoot kernel(Path kernel) {
    return new VmBoot(Optional.of(kernel), Optional.empty(), "");
  }
}
