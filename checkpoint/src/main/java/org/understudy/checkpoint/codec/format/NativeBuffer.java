package org.understudy.checkpoint.codec.format;

import java.nio.ByteBuffer;

/** Native memory as an address and as the view that some libraries ask for. */
public final class NativeBuffer {
  private final long address;
  private final ByteBuffer view;

  /** A view of memory that somebody else frees. */
  public NativeBuffer(long address, int bytes) {
    this.address = address;
    this.view = Mem.view(address, bytes);
  }

  public long address() {
    return address;
  }

  public int bytes() {
    return view.capacity();
  }

  public ByteBuffer view() {
    return view;
  }
}
