package org.understudy.vm.net;

import org.agrona.DirectBuffer;

/** The frames of one epoch, unchanged until released; they are held on their own account. */
public final class FrameCut {
  private final GuestNetwork network;
  private final FrameBatch batch;
  private final int length;

  FrameCut(GuestNetwork network, FrameBatch batch) {
    this.network = network;
    this.batch = batch;
    length = batch.length();
  }

  /** Records as {@link FrameRecords} has them, bytes 0 to {@link #length}. */
  public DirectBuffer buffer() {
    return batch.buffer();
  }

  /** Bytes of records. */
  public int length() {
    return length;
  }

  /** Everything was read. Any thread, once. */
  public void release() {
    network.takeBack(batch);
  }
}
