package org.understudy.kv;

import org.agrona.DirectBuffer;
import org.understudy.service.memory.ProtectedMemory;

/**
 * Stores values so that as little memory as possible is written: in place where the value fits
 * without much waste, and not at all where it is there already.
 */
final class ValueWriter {
  /** A value may stay in a place of up to so many times the room it needs. */
  private static final int MAX_WASTE = 4;

  /** Places up to here are never wasteful. */
  private static final int SMALL_BYTES = 64;

  private final Database database;
  private final ProtectedMemory memory;
  private final Entries entries;
  private final CommandArguments arguments;

  ValueWriter(Database database, CommandArguments arguments) {
    this.database = database;
    this.memory = database.memory;
    this.entries = database.entries;
    this.arguments = arguments;
  }

  /** Whether a value can be written over the one that is there, without much waste. */
  boolean fits(long entry, int value) {
    if (entry == 0 || arguments.isAdoptable(value)) {
      return false;
    }
    int length = arguments.length(value);
    if (length == entries.valueLength(entry)) {
      return true;
    }
    long capacity = entries.valueCapacity(entry);
    return length <= capacity && (capacity <= SMALL_BYTES || capacity <= (long) length * MAX_WASTE);
  }

  /** Whether a value can be written over the one that is there. */
  boolean fitsAtAll(long entry, int value) {
    return entry != 0 && arguments.length(value) <= entries.valueCapacity(entry);
  }

  /** Makes an entry, not yet to be found, of a key and a value. */
  long create(int key, int value, int hash) {
    int length = arguments.length(value);
    if (arguments.isAdoptable(value)) {
      return entries.createAround(arguments, key, hash, length, arguments.memoryOffset(value));
    }
    long entry = entries.create(arguments, key, hash, length, length);
    arguments.copyTo(value, entries.valueOffset(entry));
    return entry;
  }

  /** Frees an entry of {@link #create} that is not used. */
  void discard(long fresh, int value) {
    if (arguments.isAdoptable(value)) {
      database.space.free(fresh);
    } else {
      entries.free(fresh);
    }
  }

  /**
   * Stores a value: {@code fresh} in the place of {@code entry}, or, if it is 0, over the value
   * that {@code entry} has. Returns the entry that holds it.
   */
  long store(long entry, long fresh, int value, boolean keepExpiry) {
    if (fresh == 0) {
      overwrite(entry, value);
      if (!keepExpiry) {
        database.removeExpiry(entry);
      }
      return entry;
    }
    if (arguments.isAdoptable(value)) {
      arguments.adopt(value);
    }
    if (entry == 0) {
      database.insert(fresh);
    } else if (keepExpiry) {
      database.replaceKeepingExpiry(entry, fresh);
    } else {
      database.replaceForgettingExpiry(entry, fresh);
    }
    return fresh;
  }

  /** Stores the digits of a number; the expiry stays. */
  void storeNumber(long entry, int key, int hash, DirectBuffer digits, int length) {
    long target = entry;
    if (entry == 0) {
      target = entries.create(arguments, key, hash, length, Decimal.MAX_BYTES);
    } else if (length > entries.valueLength(entry) && length > entries.valueCapacity(entry)) {
      target = entries.createGrown(entry, Decimal.MAX_BYTES);
    }
    memory.putBytes(entries.valueOffset(target), digits, 0, length);
    entries.valueLength(target, length);
    if (entry == 0) {
      database.insert(target);
    } else if (target != entry) {
      database.replaceKeepingExpiry(entry, target);
    }
  }

  /** Appends an argument to a value, which grows to {@code newLength}; the expiry stays. */
  void append(long entry, int value, int newLength) {
    int added = arguments.length(value);
    if (added == 0) {
      return;
    }
    long target = entry;
    if (newLength > entries.valueCapacity(entry)) {
      target = entries.createGrown(entry, newLength);
    }
    arguments.copyTo(value, entries.valueOffset(target) + newLength - added);
    entries.valueLength(target, newLength);
    if (target != entry) {
      database.replaceKeepingExpiry(entry, target);
    }
  }

  private void overwrite(long entry, int value) {
    int length = arguments.length(value);
    long offset = entries.valueOffset(entry);
    if (length != entries.valueLength(entry) || !arguments.equalsMemory(value, offset)) {
      arguments.copyTo(value, offset);
      entries.valueLength(entry, length);
    }
  }
}
