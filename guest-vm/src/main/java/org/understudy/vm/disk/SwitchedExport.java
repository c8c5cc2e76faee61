package org.understudy.vm.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.understudy.vm.disk.nbd.NbdExport;

/** A disk that goes on as another one while its client stays connected. */
final class SwitchedExport implements NbdExport {
  private final String name;
  private final long sizeBytes;
  private volatile NbdExport target;

  SwitchedExport(NbdExport target) {
    this.name = target.name();
    this.sizeBytes = target.sizeBytes();
    this.target = target;
  }

  /** Requests from now on go there; one that is in work is finished where it is. */
  void switchTo(NbdExport newTarget) {
    if (newTarget.sizeBytes() != sizeBytes) {
      throw new IllegalArgumentException("disk " + name + " must keep its size");
    }
    target = newTarget;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public long sizeBytes() {
    return sizeBytes;
  }

  @Override
  public void read(long offset, ByteBuffer into) throws IOException {
    target.read(offset, into);
  }

  @Override
  public void write(long offset, ByteBuffer from, boolean durable) throws IOException {
    target.write(offset, from, durable);
  }

  @Override
  public void zero(long offset, long lengthBytes, boolean keepSpace, boolean durable)
      throws IOException {
    target.zero(offset, lengthBytes, keepSpace, durable);
  }

  @Override
  public void trim(long offset, long lengthBytes, boolean durable) throws IOException {
    target.trim(offset, lengthBytes, durable);
  }

  @Override
  public void flush() throws IOException {
    target.flush();
  }
}
