package org.understudy.vm.attach;

import java.nio.file.Path;
import org.understudy.vm.qemu.VmConfig;

/**
 * What a machine is compared with.
 *
 * @param config what the operator says of it
 * @param qemuVersion of the program that a backup would start
 * @param shape of the machine that this program builds from the config
 * @param diskSocket where this node serves the disks
 */
public record AttachWants(
    VmConfig config, String qemuVersion, MachineShape shape, Path diskSocket) {
  /** What QEMU calls the disk of this name where it is served by this node. */
  String diskFile(String id) {
    return "nbd+unix:///" + id + "?socket=" + diskSocket;
  }
}
