package org.understudy.vm.qemu;

/**
 * A disk of the guest, served over NBD; {@link VmPlace} says on which socket.
 *
 * @param id its name, also the name of the export
 * @param readOnly whether the guest may not write it
 */
public record VmDisk(String id, boolean readOnly) {
  /** Refuses names that QEMU does not take. */
  public VmDisk {
    VmConfig.checkId(id);
  }
}
