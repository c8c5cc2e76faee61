package org.understudy.kv;

import java.util.Arrays;
import java.util.List;

/** KEYS, SCAN, DBSIZE and FLUSHALL. */
final class ScanCommands {
  private static final int DEFAULT_COUNT = 10;

  /** A larger COUNT counts as this: bounds the work of one event. */
  private static final int MAX_COUNT = 1 << 20;

  /** A scan step looks at up to so many empty buckets for each key it is asked for. */
  private static final int BUCKETS_PER_KEY = 10;

  private static final int LONGEST_CURSOR = 20;

  private final Database database;
  private final Entries entries;
  private final CommandArguments arguments;
  private final ReplyWriter reply;
  private final Glob glob = new Glob();
  private final HashIndex.Visitor collect = this::collect;
  private long[] found = new long[64];
  private int foundCount;
  private long foundBytes;
  private boolean anyType;

  ScanCommands(Database database, CommandArguments arguments, ReplyWriter reply) {
    this.database = database;
    this.entries = database.entries;
    this.arguments = arguments;
    this.reply = reply;
  }

  List<Command> commands() {
    return List.of(
        new Command("keys", 2, "readonly", this::keys),
        new Command("scan", -2, "readonly", this::scan),
        new Command("dbsize", 1, "readonly fast", () -> reply.integer(database.keys())),
        new Command("flushall", -1, "write", this::flush),
        new Command("flushdb", -1, "write", this::flush));
  }

  private void keys() {
    glob.compile(arguments, 1);
    begin();
    long cursor = 0;
    do {
      cursor = database.index().scan(cursor, collect);
    } while (cursor != 0);
    if (reply.fits(foundBytes)) {
      replyFound();
    }
  }

  private void scan() {
    if (!isCursor(1)) {
      reply.error("ERR invalid cursor");
      return;
    }
    glob.matchAll();
    begin();
    long count = DEFAULT_COUNT;
    for (int i = 2; i < arguments.count(); i += 2) {
      boolean last = i + 1 == arguments.count();
      if (!last && arguments.is(i, "match")) {
        glob.compile(arguments, i + 1);
      } else if (!last && arguments.is(i, "type")) {
        anyType = arguments.is(i + 1, "string");
      } else if (!last && arguments.is(i, "count")) {
        if (!arguments.isLong(i + 1)) {
          reply.raw(ReplyWriter.NO_INTEGER);
          return;
        }
        count = arguments.longValue(i + 1);
        if (count < 1) {
          reply.raw(ReplyWriter.SYNTAX);
          return;
        }
      } else {
        reply.raw(ReplyWriter.SYNTAX);
        return;
      }
    }
    scan((int) Math.min(count, MAX_COUNT));
  }

  private void scan(int count) {
    long cursor = cursor(1);
    int steps = count * BUCKETS_PER_KEY;
    do {
      cursor = database.index().scan(cursor, collect);
    } while (cursor != 0 && --steps > 0 && foundCount < count);
    if (reply.fits(foundBytes + ReplyWriter.bulkBytes(LONGEST_CURSOR))) {
      reply.array(2);
      reply.bulk(Long.toUnsignedString(cursor));
      replyFound();
    }
  }

  private void flush() {
    boolean mode = arguments.count() == 2 && (arguments.is(1, "sync") || arguments.is(1, "async"));
    if (arguments.count() > 1 && !mode) {
      reply.raw(ReplyWriter.SYNTAX);
      return;
    }
    database.flush();
    reply.ok();
  }

  private void begin() {
    foundCount = 0;
    foundBytes = ReplyWriter.bulkBytes(0);
    anyType = true;
  }

  private void collect(long entry) {
    int length = entries.keyLength(entry);
    if (!anyType
        || database.isExpired(entry)
        || !glob.matches(database.memory, entries.keyOffset(entry), length)) {
      return;
    }
    if (foundCount == found.length) {
      found = Arrays.copyOf(found, foundCount * 2);
    }
    found[foundCount++] = entry;
    foundBytes += ReplyWriter.bulkBytes(length);
  }

  private void replyFound() {
    reply.array(foundCount);
    for (int i = 0; i < foundCount; i++) {
      reply.bulk(entries.keyOffset(found[i]), entries.keyLength(found[i]));
    }
  }

  private boolean isCursor(int index) {
    int length = arguments.length(index);
    if (length == 0 || length > LONGEST_CURSOR) {
      return false;
    }
    long value = 0;
    for (int i = 0; i < length; i++) {
      int digit = arguments.byteAt(index, i) - '0';
      if (digit < 0
          || digit > 9
          || Long.compareUnsigned(value, Long.divideUnsigned(-1L - digit, 10)) > 0) {
        return false;
      }
      value = value * 10 + digit;
    }
    return true;
  }

  private long cursor(int index) {
    long value = 0;
    for (int i = 0; i < arguments.length(index); i++) {
      value = value * 10 + arguments.byteAt(index, i) - '0';
    }
    return value;
  }
}
