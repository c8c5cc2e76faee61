package org.understudy.kv;

import org.understudy.service.memory.ProtectedMemory;

/**
 * Layout of one key with its value, in one allocation:
 *
 * <pre>
 *  0  u64  link to the next entry of the bucket (see {@link HashIndex}); 0 ends the chain
 *  8  i64  time of expiry in milliseconds of the service's clock; 0 for never
 * 16  u32  hash of the key
 * 20  u32  length of the key
 * 24  u32  position among the keys that expire, plus one; 0 for none
 * 28  u32  length of the value; the highest bit says that it is external
 * 32       key, then padding to 8 bytes
 *          value, or the u64 offset of an allocation of its own that holds it (external)
 * </pre>
 *
 * A value that is written again with the same length, or counted up, changes only its own bytes.
 */
final class Entries {
  /** Longer values get an allocation of their own, which a streamed value is from the start. */
  static final int MAX_INLINE_VALUE_BYTES = 16 * 1024;

  private static final int EXPIRY = 8;
  private static final int HASH = 16;
  private static final int KEY_LENGTH = 20;
  private static final int VOLATILE_POSITION = 24;
  private static final int VALUE_LENGTH = 28;
  private static final int KEY = 32;
  private static final int EXTERNAL = 0x8000_0000;

  /** Room of a value that grows is doubled, up to this much; beyond it grows by a quarter. */
  private static final int MAX_DOUBLED_BYTES = 1 << 20;

  private final ProtectedMemory memory;
  private final Space space;

  Entries(ProtectedMemory memory, Space space) {
    this.memory = memory;
    this.space = space;
  }

  long next(long entry) {
    return memory.getLong(entry);
  }

  void next(long entry, long link) {
    if (memory.getLong(entry) != link) {
      memory.putLong(entry, link);
    }
  }

  long expiryMs(long entry) {
    return memory.getLong(entry + EXPIRY);
  }

  void expiryMs(long entry, long atMs) {
    memory.putLong(entry + EXPIRY, atMs);
  }

  int hash(long entry) {
    return memory.getInt(entry + HASH);
  }

  int keyLength(long entry) {
    return memory.getInt(entry + KEY_LENGTH);
  }

  long keyOffset(long entry) {
    return entry + KEY;
  }

  int volatilePosition(long entry) {
    return memory.getInt(entry + VOLATILE_POSITION) - 1;
  }

  void volatilePosition(long entry, int position) {
    memory.putInt(entry + VOLATILE_POSITION, position + 1);
  }

  int valueLength(long entry) {
    return memory.getInt(entry + VALUE_LENGTH) & ~EXTERNAL;
  }

  /** Where the bytes of the value are. */
  long valueOffset(long entry) {
    long inside = inside(entry);
    return isExternal(entry) ? memory.getLong(inside) : inside;
  }

  boolean isExternal(long entry) {
    return memory.getInt(entry + VALUE_LENGTH) < 0;
  }

  /** Bytes that a value may have where it is. */
  long valueCapacity(long entry) {
    return isExternal(entry)
        ? space.usableBytes(memory.getLong(inside(entry)))
        : Math.min(MAX_INLINE_VALUE_BYTES, space.usableBytes(entry) - (inside(entry) - entry));
  }

  boolean keyEquals(long entry, int hash, CommandArguments arguments, int index) {
    return memory.getInt(entry + HASH) == hash
        && memory.getInt(entry + KEY_LENGTH) == arguments.length(index)
        && arguments.equalsMemory(index, entry + KEY);
  }

  /** A new entry, not linked, whose value has room for {@code capacity} bytes and no content. */
  long create(CommandArguments arguments, int key, int hash, int valueLength, int capacity) {
    int keyLength = arguments.length(key);
    long entry = allocate(keyLength, valueLength, capacity);
    header(entry, hash, keyLength, valueLength, capacity > MAX_INLINE_VALUE_BYTES);
    arguments.copyTo(key, entry + KEY);
    return entry;
  }

  /** A new entry that takes over an allocation as its value. */
  long createAround(CommandArguments arguments, int key, int hash, int valueLength, long value) {
    int keyLength = arguments.length(key);
    long entry = space.allocate(KEY + padded(keyLength) + Long.BYTES);
    header(entry, hash, keyLength, valueLength, true);
    arguments.copyTo(key, entry + KEY);
    memory.putLong(inside(entry), value);
    return entry;
  }

  /** A new entry with the key, expiry and value of an old one, and more room for its value. */
  long createGrown(long old, int newLength) {
    int keyLength = keyLength(old);
    int length = valueLength(old);
    int slack = Math.min(newLength, Math.max(MAX_DOUBLED_BYTES, newLength / 4));
    int capacity = newLength + slack;
    long entry = allocate(keyLength, length, capacity);
    header(entry, hash(old), keyLength, length, capacity > MAX_INLINE_VALUE_BYTES);
    memory.copy(keyOffset(old), entry + KEY, keyLength);
    memory.copy(valueOffset(old), valueOffset(entry), length);
    return entry;
  }

  void valueLength(long entry, int length) {
    int word = memory.getInt(entry + VALUE_LENGTH);
    int changed = word & EXTERNAL | length;
    if (word != changed) {
      memory.putInt(entry + VALUE_LENGTH, changed);
    }
  }

  /** Frees the entry and its value. */
  void free(long entry) {
    if (isExternal(entry)) {
      space.free(memory.getLong(inside(entry)));
    }
    space.free(entry);
  }

  private long allocate(int keyLength, int valueLength, int capacity) {
    if (capacity <= MAX_INLINE_VALUE_BYTES) {
      return space.allocate(KEY + padded(keyLength) + Math.max(capacity, Long.BYTES));
    }
    long value = space.allocate(capacity);
    try {
      long entry = space.allocate(KEY + padded(keyLength) + Long.BYTES);
      memory.putLong(entry + KEY + padded(keyLength), value);
      return entry;
    } catch (RuntimeException e) {
      space.free(value);
      throw e;
    }
  }

  private void header(long entry, int hash, int keyLength, int valueLength, boolean external) {
    memory.putLong(entry, 0);
    memory.putLong(entry + EXPIRY, 0);
    memory.putInt(entry + HASH, hash);
    memory.putInt(entry + KEY_LENGTH, keyLength);
    memory.putInt(entry + VOLATILE_POSITION, 0);
    memory.putInt(entry + VALUE_LENGTH, external ? valueLength | EXTERNAL : valueLength);
  }

  private long inside(long entry) {
    return entry + KEY + padded(memory.getInt(entry + KEY_LENGTH));
  }

  private static long padded(int keyLength) {
    return keyLength + 7L & ~7L;
  }
}
