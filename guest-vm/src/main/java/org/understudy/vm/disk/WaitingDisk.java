package org.understudy.vm.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.LongAdder;
import org.understudy.vm.disk.file.DiskStore;
import org.understudy.vm.disk.nbd.NbdExport;

/**
 * A disk before the takeover: the QEMU that waits may look (at the partition table, when it
 * starts), but committed epochs alone may change it.
 */
final class WaitingDisk implements NbdExport {
  private final String name;
  private final DiskStore store;
  private final LongAdder reads;
  private final LongAdder refused;

  WaitingDisk(String name, DiskStore store, LongAdder reads, LongAdder refused) {
    this.name = name;
    this.store = store;
    this.reads = reads;
    this.refused = refused;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public long sizeBytes() {
    return store.sizeBytes();
  }

  @Override
  public void read(long offset, ByteBuffer into) throws IOException {
    reads.increment();
    store.read(offset, into);
  }

  @Override
  public void write(long offset, ByteBuffer from, boolean durable) throws IOException {
    throw refusal();
  }

  @Override
  public void zero(long offset, long lengthBytes, boolean keepSpace, boolean durable)
      throws IOException {
    throw refusal();
  }

  @Override
  public void trim(long offset, long lengthBytes, boolean durable) throws IOException {
    throw refusal();
  }

  private IOException refusal() {
    refused.increment();
    return new IOException("disk " + name + " waits for a takeover");
  }

  /** Nothing was written through here. */
  @Override
  public void flush() {}
}
