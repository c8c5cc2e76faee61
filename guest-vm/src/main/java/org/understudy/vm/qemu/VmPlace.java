package org.understudy.vm.qemu;

import java.nio.file.Path;
import java.util.Map;

/**
 * Where one node has what belongs to a guest. The config is the same on both nodes, the place is
 * not.
 *
 * @param memoryFile file in shared memory that is the guest's RAM
 * @param qmpSocket where QEMU listens for QMP
 * @param diskSockets socket of the NBD server of each disk, by the disk's id
 * @param taps tap device of each interface, by the interface's id
 */
public record VmPlace(
    Path memoryFile, Path qmpSocket, Map<String, Path> diskSockets, Map<String, String> taps) {
  private static final String SAVE_SUFFIX = "-save";

  /** Copies the maps. */
  public VmPlace {
    diskSockets = Map.copyOf(diskSockets);
    taps = Map.copyOf(taps);
  }

  /** Where QEMU listens for the requests of a pause. */
  public Path saveSocket() {
    return saveSocket(qmpSocket);
  }

  /** Where a QEMU whose first monitor is this socket listens for the requests of a pause. */
  public static Path saveSocket(Path qmpSocket) {
    return qmpSocket.resolveSibling(qmpSocket.getFileName() + SAVE_SUFFIX);
  }

  /** Of a guest with neither disks nor interfaces. */
  public VmPlace(Path memoryFile, Path qmpSocket) {
    this(memoryFile, qmpSocket, Map.of(), Map.of());
  }
}
