package org.understudy.vm.device;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.agrona.collections.Long2LongHashMap;

/**
 * Makes device state small: pages that the other side holds already are named by number. What is
 * encoded must be decoded by one {@link StateDecoder} in the same order.
 *
 * <p>Big endian: length and CRC-32C of the state, then steps: {@link #LITERAL} length bytes, {@link
 * #KNOWN} number, {@link #PAGE} number and 4096 bytes, to be known from the next state on.
 */
public final class StateEncoder {
  static final byte LITERAL = 1;
  static final byte KNOWN = 2;
  static final byte PAGE = 3;
  static final int HEADER_BYTES = 8;

  private static final int STEP_BYTES = 1 + Integer.BYTES;
  private static final int BLOCK_SHIFT = 48;

  private final KnownPages known = new KnownPages();
  private final Long2LongHashMap numbers = new Long2LongHashMap(-1);
  private final CRC32C crc = new CRC32C();
  private long[] lastUse = new long[64];
  private ByteBuffer encoded = ByteBuffer.allocateDirect(1 << 16);
  private ByteBuffer state;
  private MemorySegment segment;
  private int literalFrom;
  private long states;

  /**
   * Encodes one state.
   *
   * @return valid until the next call
   * @throws CorruptStateException where it is not device state as QEMU writes it
   */
  public ByteBuffer encode(ByteBuffer from) {
    // Before anything is remembered: what cannot be parsed must not leave half of it known.
    StateParser.parse(from, (block, offset, position) -> {});
    states++;
    state = from.slice();
    segment = MemorySegment.ofBuffer(state);
    begin();
    StateParser.parse(state, this::onPage);
    literalUpTo(state.limit());
    return encoded.flip().asReadOnlyBuffer();
  }

  /** Forgets all, for a new decoder. */
  public void reset() {
    known.clear();
    numbers.clear();
    Arrays.fill(lastUse, 0);
  }

  private void begin() {
    encoded.clear();
    literalFrom = 0;
    crc.reset();
    crc.update(state.duplicate());
    encoded.putInt(state.limit()).putInt((int) crc.getValue());
  }

  private void onPage(int block, long offset, int position) {
    long key = (long) block << BLOCK_SHIFT | offset;
    int number = (int) numbers.get(key);
    if (number < 0) {
      if (!known.isFull()) {
        number = known.count();
        numbers.put(key, number);
        page(number, position);
      }
    } else if (lastUse[number] != states) { // a second copy in one state stays literal
      if (known.matches(number, segment, position)) {
        step(KNOWN, number, position);
      } else {
        page(number, position);
      }
    }
  }

  private void page(int number, int position) {
    step(PAGE, number, position);
    put(position, StateParser.PAGE_BYTES);
    known.set(number, segment, position);
  }

  private void step(byte kind, int number, int position) {
    literalUpTo(position);
    literalFrom = position + StateParser.PAGE_BYTES;
    if (number >= lastUse.length) {
      lastUse = Arrays.copyOf(lastUse, 2 * number);
    }
    lastUse[number] = states;
    reserve(STEP_BYTES);
    encoded.put(kind).putInt(number);
  }

  private void literalUpTo(int position) {
    int length = position - literalFrom;
    if (length > 0) {
      reserve(STEP_BYTES);
      encoded.put(LITERAL).putInt(length);
      put(literalFrom, length);
    }
    literalFrom = position;
  }

  private void put(int position, int length) {
    reserve(length);
    encoded.put(encoded.position(), state, position, length);
    encoded.position(encoded.position() + length);
  }

  private void reserve(int bytes) {
    if (encoded.remaining() < bytes) {
      int capacity = Math.max(2 * encoded.capacity(), encoded.position() + bytes);
      encoded = ByteBuffer.allocateDirect(capacity).put(encoded.flip());
    }
  }
}
