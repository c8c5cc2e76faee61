package org.understudy.checkpoint.track;

import org.understudy.checkpoint.memory.GuestMemory;
import org.understudy.checkpoint.memory.RegionSpec;

/** Written pages of memory of this process. */
final class OwnPageScan implements PageScan {
  private final long address;
  private final AsyncWriteProtection protection;
  private final PagemapScanner scanner;
  private final PagemapScanner.Ranges toPages = this::onRange;
  private Runs runs;

  /**
   * Registers the memory.
   *
   * @throws org.understudy.checkpoint.memory.LinuxCallException where the host cannot do it
   */
  OwnPageScan(GuestMemory memory) {
    address = memory.address();
    long bytes = memory.layout().totalBytes();
    protection = new AsyncWriteProtection(address, bytes);
    try {
      scanner = new PagemapScanner(0, address, bytes);
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
    runs = into;
    scanner.scan(toPages);
  }

  private void onRange(long start, long end) {
    runs.onRun(pageOf(start), pageOf(end));
  }

  private int pageOf(long at) {
    return (int) ((at - address) / RegionSpec.PAGE_BYTES);
  }

  @Override
  public long memoryBytes() {
    return scanner.memoryBytes();
  }

  @Override
  public void close() {
    protection.close();
    scanner.close();
  }
}
