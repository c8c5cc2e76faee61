package org.understudy.vm.disk;

/**
 * What the register says of whoever is about to run a guest on its files.
 *
 * @param registerId the register of the pair
 * @param generation its generation
 * @param writtenSince files last written in this generation or later are the guest's; below {@code
 *     generation} only where this node owned the guest alone all the while (it ended and starts
 *     again)
 */
public record DiskOwner(long registerId, long generation, long writtenSince) {
  /** Checks the relation. */
  public DiskOwner {
    if (writtenSince > generation || writtenSince < 1) {
      throw new IllegalArgumentException(
          "generations " + writtenSince + " to " + generation + " of register " + registerId);
    }
  }

  /** Only files of exactly this generation. */
  public DiskOwner(long registerId, long generation) {
    this(registerId, generation, generation);
  }
}
