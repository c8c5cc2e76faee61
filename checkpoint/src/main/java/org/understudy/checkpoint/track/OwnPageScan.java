package org.understudy.checkpoint.track;

import org.understudy.checkpoint.memory.GuestMemory;

/** Written pages of memory of this process. */
final class OwnPageScan implements PageScan {
  private final AsyncWriteProtection protection;
  private final MappingScan scan;

  /**
   * Registers the memory.
   *
   * @throws org.understudy.host.LinuxCallException where the host cannot do it
   */
  OwnPageScan(GuestMemory memory) {
    long address = memory.address();
    long bytes = memory.layout().totalBytes();
    protection = new AsyncWriteProtection(address, bytes);
    try {
      scan = MappingScan.ofAll(0, address, bytes);
    } catch (RuntimeException e) {
      protection.close();
      throw e;
    }
  }

  @Override
  public String name() {
    return TrackerKind.PAGEMAP_SCAN.setting();
  }

  @Override
  public void scan(Runs into) {
    scan.scan(into);
  }

  @Override
  public long memoryBytes() {
    return scan.memoryBytes();
  }

  @Override
  public void close() {
    protection.close();
    scan.close();
  }
}
