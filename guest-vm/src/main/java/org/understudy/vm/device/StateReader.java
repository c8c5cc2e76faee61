package org.understudy.vm.device;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Reads numbers and texts, all big endian, and refuses to read beyond the end. */
final class StateReader {
  private final ByteBuffer state;

  StateReader(ByteBuffer state) {
    this.state = state.slice();
  }

  int position() {
    return state.position();
  }

  int unsignedByte(String what) {
    need(1, what);
    return state.get() & 0xFF;
  }

  int shortNumber(String what) {
    need(Short.BYTES, what);
    return state.getShort() & 0xFFFF;
  }

  int number(String what) {
    need(Integer.BYTES, what);
    return state.getInt();
  }

  long longNumber(String what) {
    need(Long.BYTES, what);
    return state.getLong();
  }

  String shortText(String what) {
    return text(unsignedByte("length of " + what), what);
  }

  String text(int length, String what) {
    need(length, what);
    byte[] bytes = new byte[length];
    state.get(bytes);
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  void skip(int length, String what) {
    need(length, what);
    state.position(state.position() + length);
  }

  void expect(long expected, long actual, String what) {
    if (expected != actual) {
      throw bad(what + ": expected " + expected + ", found " + actual);
    }
  }

  /** The byte that comes next, which is not consumed. */
  int peek(String what) {
    need(1, what);
    return state.get(state.position()) & 0xFF;
  }

  CorruptStateException bad(String what) {
    return new CorruptStateException("device state at byte " + state.position() + ": " + what);
  }

  private void need(int bytes, String what) {
    if (bytes < 0 || bytes > state.remaining()) {
      throw bad(what + " of " + bytes + " bytes, but " + state.remaining() + " are left");
    }
  }
}
