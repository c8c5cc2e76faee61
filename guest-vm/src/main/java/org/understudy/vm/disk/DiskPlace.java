package org.understudy.vm.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where one node has a disk of the guest. Disks are numbered by their order, the same on both
 * nodes.
 *
 * @param id its name, also that of the NBD export
 * @param file the raw file
 * @param sizeBytes size that the disk must have; 0 for that of the file that is there
 */
public record DiskPlace(String id, Path file, long sizeBytes) {
  /** Checks what does not need the file. */
  public DiskPlace {
    if (sizeBytes < 0) {
      throw new IllegalArgumentException("disk " + id + ": a size of " + sizeBytes + " bytes");
    }
  }

  /** The size that is demanded; else that of the file, 0 where it is not there. */
  public long presentBytes() {
    try {
      return sizeBytes != 0 || !Files.exists(file) ? sizeBytes : Files.size(file);
    } catch (IOException e) {
      return 0;
    }
  }

  /** A disk whose file is there. */
  public DiskPlace(String id, Path file) {
    this(id, file, 0);
  }
}
