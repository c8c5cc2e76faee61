package org.understudy.vm.device;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** Rebuilds device state byte for byte from what a {@link StateEncoder} wrote. */
public final class StateDecoder {
  private final KnownPages known = new KnownPages();
  private final CRC32C crc = new CRC32C();

  /**
   * Decodes one state. What is refused changes nothing here.
   *
   * @return the state, in memory of its own
   * @throws CorruptStateException where this cannot be what the encoder wrote
   */
  public ByteBuffer decode(ByteBuffer from) {
    return decode(from, null);
  }

  /**
   * Decodes one state into memory that is not needed any more. What is refused changes nothing
   * here.
   *
   * @param spare a state of before, or null; it is returned again where it has room
   */
  public ByteBuffer decode(ByteBuffer from, ByteBuffer spare) {
    ByteBuffer encoded = from.slice();
    if (encoded.limit() < StateEncoder.HEADER_BYTES) {
      throw new CorruptStateException("encoded state of " + encoded.limit() + " bytes");
    }
    int length = encoded.getInt();
    int expectedCrc = encoded.getInt();
    if (length < 0 || length > StateSocket.MAX_STATE_BYTES) {
      throw new CorruptStateException("encoded state of a length of " + length);
    }
    // The steps are checked before memory is taken: a few bytes must not cost much of it.
    walk(encoded.duplicate(), null, length);
    ByteBuffer state =
        spare == null || spare.capacity() < length ? ByteBuffer.allocate(length) : spare.clear();
    walk(encoded.duplicate(), state, length);
    crc.reset();
    crc.update(state.flip());
    if ((int) crc.getValue() != expectedCrc) {
      throw new CorruptStateException("the rebuilt state has another checksum");
    }
    learn(encoded);
    return state.flip();
  }

  /** Forgets all, for a new encoder. */
  public void reset() {
    known.clear();
  }

  private void walk(ByteBuffer steps, ByteBuffer state, int length) {
    int pages = known.count();
    long written = 0;
    while (steps.hasRemaining()) {
      need(steps, 1 + Integer.BYTES);
      byte kind = steps.get();
      int number = steps.getInt();
      int bytes = kind == StateEncoder.LITERAL ? number : StateParser.PAGE_BYTES;
      if (kind == StateEncoder.KNOWN) {
        check(number >= 0 && number < known.count(), "unknown page", number);
      } else if (kind == StateEncoder.PAGE) {
        check(number >= 0 && number <= pages && number < KnownPages.MAX_PAGES, "page", number);
        pages = Math.max(pages, number + 1);
      } else {
        check(kind == StateEncoder.LITERAL, "step", kind);
      }
      written += Math.max(bytes, 0);
      check(bytes > 0 && written <= length, "bytes beyond the length", bytes);
      if (kind == StateEncoder.KNOWN) {
        if (state != null) {
          state.put(known.page(number).asByteBuffer());
        }
      } else {
        need(steps, bytes);
        if (state != null) {
          state.put(state.position(), steps, steps.position(), bytes);
          state.position(state.position() + bytes);
        }
        steps.position(steps.position() + bytes);
      }
    }
    check(written == length, "total length", (int) written);
  }

  private void learn(ByteBuffer steps) {
    MemorySegment segment = MemorySegment.ofBuffer(steps.duplicate().position(0));
    while (steps.hasRemaining()) {
      byte kind = steps.get();
      int number = steps.getInt();
      if (kind == StateEncoder.PAGE) {
        known.set(number, segment, steps.position());
        steps.position(steps.position() + StateParser.PAGE_BYTES);
      } else if (kind == StateEncoder.LITERAL) {
        steps.position(steps.position() + number);
      }
    }
  }

  private static void need(ByteBuffer steps, int bytes) {
    check(steps.remaining() >= bytes, "step that ends early, bytes left", steps.remaining());
  }

  private static void check(boolean right, String what, int value) {
    if (!right) {
      throw new CorruptStateException("encoded state: " + what + " " + value);
    }
  }
}
