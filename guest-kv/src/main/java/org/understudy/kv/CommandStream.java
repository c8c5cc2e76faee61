package org.understudy.kv;

import org.agrona.DirectBuffer;
import org.understudy.service.memory.OutOfProtectedMemoryException;
import org.understudy.service.memory.ProtectedMemory;

/**
 * A command that is too long to wait for in one piece: each argument goes into an allocation of its
 * own as its bytes arrive. All progress lies in protected memory, so a takeover in the middle of a
 * long value goes on with the next byte. One object serves all sessions, one after the other.
 *
 * <p>State, one allocation: u32 announced arguments, u32 arguments so far (the last may be
 * incomplete), u64 table of arguments ({@code u64 offset, u64 length} each), u32 its capacity, u32
 * bytes of the last argument that are missing, u32 bytes to skip, u32 set if memory ran out, u64
 * bytes held.
 */
final class CommandStream {
  private static final int BYTES = 48;
  private static final int COUNT = 4;
  private static final int TABLE = 8;
  private static final int CAPACITY = 16;
  private static final int MISSING = 20;
  private static final int SKIP = 24;
  private static final int FAILED = 28;
  private static final int HELD = 32;
  private static final int ARGUMENT_BYTES = 16;

  /** Line end after each bulk. */
  private static final int LINE_END_BYTES = 2;

  private final ProtectedMemory memory;
  private final Space space;
  private final RespParser parser;
  private final StreamBudget budget;
  private long state;
  private int next;

  /** Bounds what incomplete commands of all clients hold. */
  interface StreamBudget {
    /** Counts bytes; false if they are too many (then nothing was counted). */
    boolean take(long bytes);

    /** Gives bytes back. */
    void giveBack(long bytes);
  }

  /** What {@link #feed} stopped at. */
  enum Progress {
    /** Needs more bytes. */
    INCOMPLETE,
    /** All arguments are there. */
    COMPLETE,
    /** The stream has an error; the parser knows its text. */
    ERROR
  }

  CommandStream(ProtectedMemory memory, Space space, RespParser parser, StreamBudget budget) {
    this.memory = memory;
    this.space = space;
    this.parser = parser;
    this.budget = budget;
  }

  /** Selects the stream of a session. */
  void select(long newState) {
    state = newState;
  }

  /** Begins a stream and selects it. Nothing has changed if memory runs out. */
  long begin(int announcedArguments) {
    long created = space.allocate(BYTES);
    memory.setMemory(created, BYTES, (byte) 0);
    memory.putInt(created, announcedArguments);
    state = created;
    return created;
  }

  int argumentCount() {
    return memory.getInt(state + COUNT);
  }

  int argumentLength(int index) {
    return (int) memory.getLong(argument(index) + Long.BYTES);
  }

  long argumentOffset(int index) {
    return memory.getLong(argument(index));
  }

  /** Memory ran out: the arguments are not there, but the stream still knows where they end. */
  boolean failed() {
    return memory.getInt(state + FAILED) != 0;
  }

  boolean isComplete() {
    return memory.getInt(state + COUNT) == memory.getInt(state)
        && memory.getInt(state + MISSING) == 0
        && memory.getInt(state + SKIP) == 0;
  }

  /** Takes bytes from a position on; {@link #next()} tells where it stopped. */
  Progress feed(DirectBuffer buffer, int from, int limit) {
    next = from;
    while (!isComplete()) {
      int missing = memory.getInt(state + MISSING);
      int skip = memory.getInt(state + SKIP);
      if (missing > 0) {
        takeBytes(buffer, missing, limit);
      } else if (skip > 0) {
        int skipped = Math.min(skip, limit - next);
        memory.putInt(state + SKIP, skip - skipped);
        next += skipped;
      } else {
        RespParser.Result header = parser.parseBulkHeader(buffer, next, limit);
        if (header != RespParser.Result.COMMAND) {
          return header == RespParser.Result.ERROR ? Progress.ERROR : Progress.INCOMPLETE;
        }
        next = parser.next();
        beginArgument(parser.pendingBulkBytes());
      }
      if (next == limit && !isComplete()) {
        return Progress.INCOMPLETE;
      }
    }
    return Progress.COMPLETE;
  }

  int next() {
    return next;
  }

  /** Takes the allocation of an argument out of the stream. */
  void adopt(int index) {
    long at = argument(index);
    memory.putLong(at, 0);
    hold(-memory.getLong(at + Long.BYTES));
  }

  /** Frees everything; the session has no stream any more. */
  void end() {
    freeArguments();
    space.free(state);
    state = 0;
  }

  private void takeBytes(DirectBuffer buffer, int missing, int limit) {
    int count = Math.min(missing, limit - next);
    if (!failed()) {
      long at = argument(argumentCount() - 1);
      long received = memory.getLong(at + Long.BYTES) - missing;
      memory.putBytes(memory.getLong(at) + received, buffer, next, count);
    }
    memory.putInt(state + MISSING, missing - count);
    next += count;
  }

  private void beginArgument(int length) {
    if (!failed()) {
      try {
        addArgument(length);
      } catch (OutOfProtectedMemoryException e) {
        freeArguments();
        memory.putInt(state + FAILED, 1);
      }
    }
    memory.putInt(state + COUNT, argumentCount() + 1);
    memory.putInt(state + MISSING, length);
    memory.putInt(state + SKIP, LINE_END_BYTES);
  }

  private void addArgument(int length) {
    int count = argumentCount();
    if (count == memory.getInt(state + CAPACITY)) {
      growTable(count);
    }
    if (!budget.take(length)) {
      throw new OutOfProtectedMemoryException(length, 0, memory.capacity());
    }
    long allocation;
    try {
      allocation = space.allocate(Math.max(1, length));
    } catch (OutOfProtectedMemoryException e) {
      budget.giveBack(length);
      throw e;
    }
    memory.putLong(state + HELD, memory.getLong(state + HELD) + length);
    memory.putLong(argument(count), allocation);
    memory.putLong(argument(count) + Long.BYTES, length);
  }

  private void growTable(int count) {
    int capacity = Math.max(4, count * 2);
    long table = space.allocate((long) capacity * ARGUMENT_BYTES);
    long old = memory.getLong(state + TABLE);
    if (old != 0) {
      memory.copy(old, table, (long) count * ARGUMENT_BYTES);
      space.free(old);
    }
    memory.putLong(state + TABLE, table);
    memory.putInt(state + CAPACITY, capacity);
  }

  private void freeArguments() {
    long table = memory.getLong(state + TABLE);
    if (table == 0) {
      return;
    }
    for (int i = 0; i < argumentCount(); i++) {
      long allocation = argumentOffset(i);
      if (allocation != 0) {
        space.free(allocation);
      }
    }
    space.free(table);
    memory.putLong(state + TABLE, 0);
    hold(-memory.getLong(state + HELD));
  }

  private void hold(long change) {
    memory.putLong(state + HELD, memory.getLong(state + HELD) + change);
    budget.giveBack(-change);
  }

  private long argument(int index) {
    return memory.getLong(state + TABLE) + (long) index * ARGUMENT_BYTES;
  }
}
