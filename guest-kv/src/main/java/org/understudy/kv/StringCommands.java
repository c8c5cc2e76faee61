package org.understudy.kv;

import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;

/** GET, SET and their kin. Whatever may fail comes before anything is changed. */
final class StringCommands {
  private static final int NO_EXPIRY = -1;

  private final Database database;
  private final Entries entries;
  private final CommandArguments arguments;
  private final ReplyWriter reply;
  private final int maxValueBytes;
  private final UnsafeBuffer number = new UnsafeBuffer(new byte[Decimal.MAX_BYTES]);
  private final SetOptions options = new SetOptions();
  private final ValueWriter values;
  private long[] prepared = new long[16];

  StringCommands(
      Database database, CommandArguments arguments, ReplyWriter reply, int maxValueBytes) {
    this.database = database;
    this.entries = database.entries;
    this.arguments = arguments;
    this.reply = reply;
    this.maxValueBytes = maxValueBytes;
    this.values = new ValueWriter(database, arguments);
  }

  List<Command> commands() {
    return List.of(
        Command.ofKey("get", 2, "readonly fast", this::get),
        Command.ofKey("set", -3, "write denyoom", this::set),
        new Command("mget", -2, "readonly fast", 1, -1, 1, this::mget),
        new Command("mset", -3, "write denyoom", 1, -1, 2, this::mset),
        Command.ofKey("incr", 2, "write denyoom fast", () -> add(1)),
        Command.ofKey("decr", 2, "write denyoom fast", () -> add(-1)),
        Command.ofKey("incrby", 3, "write denyoom fast", this::incrBy),
        Command.ofKey("decrby", 3, "write denyoom fast", this::decrBy),
        Command.ofKey("append", 3, "write denyoom fast", this::append),
        Command.ofKey("strlen", 2, "readonly fast", this::strlen));
  }

  private void get() {
    replyValue(database.find(arguments, 1));
  }

  /** Replies with a value, or null for no entry; false if it did not fit. */
  private boolean replyValue(long entry) {
    if (entry == 0) {
      reply.nothing();
      return true;
    }
    int length = entries.valueLength(entry);
    if (!reply.fits(ReplyWriter.bulkBytes(length))) {
      return false;
    }
    reply.bulk(entries.valueOffset(entry), length);
    return true;
  }

  private void mget() {
    long bytes = ReplyWriter.bulkBytes(0);
    for (int i = 1; i < arguments.count(); i++) {
      long entry = database.find(arguments, i);
      bytes += ReplyWriter.bulkBytes(entry == 0 ? 0 : entries.valueLength(entry));
    }
    if (!reply.fits(bytes)) {
      return;
    }
    reply.array(arguments.count() - 1);
    for (int i = 1; i < arguments.count(); i++) {
      long entry = database.find(arguments, i);
      if (entry == 0) {
        reply.nothing();
      } else {
        reply.bulk(entries.valueOffset(entry), entries.valueLength(entry));
      }
    }
  }

  private void set() {
    long expireAtMs = NO_EXPIRY;
    if (arguments.count() > 3) {
      byte[] wrong = options.parse(arguments);
      if (wrong != null) {
        reply.raw(wrong);
        return;
      }
      if (options.hasExpiry()) {
        expireAtMs = expireAtMs();
        if (expireAtMs == NO_EXPIRY) {
          return;
        }
      }
    } else {
      options.clear();
    }
    int hash = arguments.hash(1);
    long entry = database.find(arguments, 1, hash);
    boolean blocked = options.onlyIfMissing ? entry != 0 : options.onlyIfThere && entry == 0;
    if (expireAtMs != NO_EXPIRY && !blocked) {
      database.reserveExpiry();
    }
    long fresh = blocked || values.fits(entry, 2) ? 0 : values.create(1, 2, hash);
    if (options.replyOld && !replyValue(entry)) {
      discard(fresh, 2);
      return;
    }
    if (blocked) {
      if (!options.replyOld) {
        reply.nothing();
      }
      return;
    }
    long stored = values.store(entry, fresh, 2, options.keepExpiry);
    if (expireAtMs != NO_EXPIRY) {
      database.setExpiry(stored, expireAtMs);
    }
    if (!options.replyOld) {
      reply.ok();
    }
  }

  /** Checks the time of SET; {@link #NO_EXPIRY} if an error was replied. */
  private long expireAtMs() {
    int index = options.expiryArgument;
    if (!arguments.isLong(index)) {
      reply.raw(ReplyWriter.NO_INTEGER);
      return NO_EXPIRY;
    }
    long time = arguments.longValue(index);
    boolean overflows = options.expiryInSeconds && time > Long.MAX_VALUE / 1000;
    long ms = options.expiryInSeconds ? time * 1000 : time;
    if (time <= 0 || overflows || ms > Long.MAX_VALUE - database.nowMs()) {
      reply.error("ERR invalid expire time in 'set' command");
      return NO_EXPIRY;
    }
    return ms + database.nowMs();
  }

  private void discard(long fresh, int value) {
    if (fresh != 0) {
      values.discard(fresh, value);
    }
  }

  private void mset() {
    if (arguments.count() % 2 == 0) {
      reply.error("ERR wrong number of arguments for 'mset' command");
      return;
    }
    int pairs = arguments.count() / 2;
    if (prepared.length < pairs) {
      prepared = new long[pairs];
    }
    int done = 0;
    try {
      for (; done < pairs; done++) {
        int key = 1 + 2 * done;
        int hash = arguments.hash(key);
        long entry = database.find(arguments, key, hash);
        prepared[done] = values.fitsAtAll(entry, key + 1) ? 0 : values.create(key, key + 1, hash);
      }
    } catch (RuntimeException e) {
      for (int i = 0; i < done; i++) {
        discard(prepared[i], 2 + 2 * i);
      }
      throw e;
    }
    for (int i = 0; i < pairs; i++) {
      // A key may be there twice: what the first pair stored has at least the room the second saw.
      long entry = database.find(arguments, 1 + 2 * i);
      values.store(entry, prepared[i], 2 + 2 * i, false);
    }
    reply.ok();
  }

  private void incrBy() {
    if (arguments.isLong(2)) {
      add(arguments.longValue(2));
    } else {
      reply.raw(ReplyWriter.NO_INTEGER);
    }
  }

  private void decrBy() {
    if (!arguments.isLong(2)) {
      reply.raw(ReplyWriter.NO_INTEGER);
    } else if (arguments.longValue(2) == Long.MIN_VALUE) {
      reply.error("ERR decrement would overflow");
    } else {
      add(-arguments.longValue(2));
    }
  }

  private void add(long change) {
    int hash = arguments.hash(1);
    long entry = database.find(arguments, 1, hash);
    long value = 0;
    if (entry != 0) {
      int length = entries.valueLength(entry);
      if (length > Decimal.MAX_BYTES) {
        reply.raw(ReplyWriter.NO_INTEGER);
        return;
      }
      database.memory.getBytes(entries.valueOffset(entry), number, 0, length);
      if (!Decimal.isLong(number, 0, length)) {
        reply.raw(ReplyWriter.NO_INTEGER);
        return;
      }
      value = Decimal.value(number, 0, length);
    }
    long sum = value + change;
    if (((value ^ sum) & (change ^ sum)) < 0) {
      reply.raw(ReplyWriter.OVERFLOW);
      return;
    }
    values.storeNumber(entry, 1, hash, number, Decimal.put(number, 0, sum));
    reply.integer(sum);
  }

  private void append() {
    int hash = arguments.hash(1);
    long entry = database.find(arguments, 1, hash);
    int added = arguments.length(2);
    if (entry == 0) {
      values.store(0, values.create(1, 2, hash), 2, false);
      reply.integer(added);
      return;
    }
    int length = entries.valueLength(entry);
    if ((long) length + added > maxValueBytes) {
      reply.error("ERR string exceeds maximum allowed size (proto-max-bulk-len)");
      return;
    }
    values.append(entry, 2, length + added);
    reply.integer(length + added);
  }

  private void strlen() {
    long entry = database.find(arguments, 1);
    reply.integer(entry == 0 ? 0 : entries.valueLength(entry));
  }
}
