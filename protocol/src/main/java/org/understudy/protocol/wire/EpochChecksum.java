package org.understudy.protocol.wire;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.agrona.DirectBuffer;

/**
 * Running CRC-32C over pieces of any kind of buffer, without allocation once its buffers are known.
 */
final class EpochChecksum {
  private static final int SCRATCH_BYTES = 8 * 1024;
  private static final int VIEWS = 8;

  private final CRC32C crc = new CRC32C();
  private final byte[] scratch = new byte[SCRATCH_BYTES];
  private final ByteBuffer[] sources = new ByteBuffer[VIEWS];
  private final ByteBuffer[] views = new ByteBuffer[VIEWS];
  private int nextView;

  void reset() {
    crc.reset();
  }

  void update(DirectBuffer buffer, int offset, int length) {
    buffer.boundsCheck(offset, length);
    byte[] array = buffer.byteArray();
    ByteBuffer source = buffer.byteBuffer();
    if (array != null) {
      crc.update(array, buffer.wrapAdjustment() + offset, length);
    } else if (source != null) {
      ByteBuffer view = viewOf(source);
      int from = buffer.wrapAdjustment() + offset;
      view.limit(from + length).position(from);
      crc.update(view);
    } else {
      updateByCopy(buffer, offset, length);
    }
  }

  int value() {
    return (int) crc.getValue();
  }

  private void updateByCopy(DirectBuffer buffer, int offset, int length) {
    int done = 0;
    while (done < length) {
      int count = Math.min(SCRATCH_BYTES, length - done);
      buffer.getBytes(offset + done, scratch, 0, count);
      crc.update(scratch, 0, count);
      done += count;
    }
  }

  /** Position and limit of a shared ByteBuffer are not ours to move: work on a view of our own. */
  private ByteBuffer viewOf(ByteBuffer source) {
    for (int i = 0; i < VIEWS; i++) {
      if (sources[i] == source) {
        return views[i];
      }
    }
    int slot = nextView;
    nextView = (nextView + 1) % VIEWS;
    sources[slot] = source;
    views[slot] = source.duplicate();
    return views[slot];
  }
}
