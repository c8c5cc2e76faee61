package org.understudy.checkpoint.track;

import org.understudy.checkpoint.memory.RegionSpec;
import org.understudy.host.FileExtents;

/**
 * Written pages of one mapping of a process, registered for asynchronous write protection.
 *
 * <p>Of a file in memory (tmpfs, memfd) it leaves out what nobody has touched yet. A scan of
 * everything would make page tables for the holes too, and walk them in every pause; most of a
 * large guest's memory is never touched. That a hole was filled is asked of the file, not of the
 * page table: there a page that was written and swapped out again is still data.
 */
public final class MappingScan implements AutoCloseable {
  private final long address;
  private final FileExtents extents;
  private final TouchedBlocks blocks;
  private final PagemapScanner scanner;
  private final PagemapScanner.Ranges toPages = this::onWritten;
  private final FileExtents.Ranges toNewPages = this::onData;
  private final TouchedBlocks.Runs toScan = this::onBlocks;
  private PageScan.Runs runs;

  private MappingScan(long pid, long address, FileExtents extents, TouchedBlocks blocks) {
    this.address = address;
    this.extents = extents;
    this.blocks = blocks;
    scanner = new PagemapScanner(pid);
  }

  /**
   * A scan that leaves holes out, where the file lies in memory.
   *
   * @param pid process that maps it, or 0 for this one
   * @param address of the mapping there
   * @param lengthBytes a multiple of 4096
   * @param extents of the mapped file, from its beginning
   */
  public static MappingScan of(long pid, long address, long lengthBytes, FileExtents extents) {
    if (!extents.areInMemory()) {
      return ofAll(pid, address, lengthBytes);
    }
    return new MappingScan(pid, address, extents, new TouchedBlocks(extents, lengthBytes));
  }

  /** A scan of everything, whatever is mapped. */
  public static MappingScan ofAll(long pid, long address, long lengthBytes) {
    return new MappingScan(pid, address, null, TouchedBlocks.all(lengthBytes));
  }

  /** As {@link PageScan#scan}. */
  public void scan(PageScan.Runs into) {
    runs = into;
    blocks.grow();
    blocks.forEachRun(toScan);
  }

  private void onBlocks(long from, long to, boolean areNew) {
    if (areNew) {
      // All of their pages would be reported; those that exist do. First protected, then asked for:
      // a page that comes between the two is reported now and by the next scan.
      scanner.scan(address + from, address + to, PagemapScanner.IGNORED);
      extents.forEachData(from, to, toNewPages);
    } else {
      scanner.scan(address + from, address + to, toPages);
    }
  }

  private void onWritten(long from, long to) {
    onData(from - address, to - address);
  }

  private void onData(long from, long to) {
    runs.onRun((int) (from / RegionSpec.PAGE_BYTES), (int) (to / RegionSpec.PAGE_BYTES));
  }

  /** Of its own. */
  public long memoryBytes() {
    return scanner.memoryBytes();
  }

  @Override
  public void close() {
    scanner.close();
  }
}
