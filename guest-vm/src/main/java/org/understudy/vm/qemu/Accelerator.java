package org.understudy.vm.qemu;

import java.util.Locale;

/** What executes the guest's instructions. */
public enum Accelerator {
  /** The host's processor; needs a /dev/kvm that works. */
  KVM,
  /** QEMU's translator; works anywhere, many times slower. */
  TCG,
  /** KVM where {@link AcceleratorProbe} finds that it works, else TCG. */
  AUTO;

  /** As it is written in a config and on QEMU's command line. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
