package org.understudy.vm.standby;

import java.nio.ByteBuffer;
import org.agrona.DirectBuffer;
import org.understudy.vm.device.StateDecoder;

/**
 * The device state of the last committed epoch, and the one that was received after it. Its three
 * buffers change places, so that an epoch makes no garbage.
 */
public final class CommittedState {
  private final StateDecoder decoder = new StateDecoder();
  private ByteBuffer encoded = ByteBuffer.allocate(1 << 16);
  private ByteBuffer received;
  private ByteBuffer spare;
  private ByteBuffer committed;

  /** Decodes a state; what is refused leaves none behind. */
  public void receive(DirectBuffer state, int length) {
    if (encoded.capacity() < length) {
      encoded = ByteBuffer.allocate(2 * length);
    }
    state.getBytes(0, encoded.clear(), length);
    ByteBuffer into = received == null ? spare : received;
    received = null;
    received = decoder.decode(encoded.flip(), into);
  }

  /** What was received is committed; without, the last one is that of this epoch too. */
  public void commit() {
    if (received != null) {
      spare = committed;
      committed = received;
      received = null;
    }
  }

  /** The committed one; null before the first. */
  public ByteBuffer committed() {
    return committed;
  }

  /** A copy of it: its memory is used again by the epoch after the next. */
  public ByteBuffer copy() {
    return ByteBuffer.allocate(committed.remaining()).put(committed.duplicate()).flip();
  }

  public void discard() {
    committed = null;
    decoder.reset();
  }
}
