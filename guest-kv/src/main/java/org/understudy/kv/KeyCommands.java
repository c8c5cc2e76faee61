package org.understudy.kv;

import java.util.List;

/** Commands about keys: there or not, when they expire, what type they are. */
final class KeyCommands {
  private static final long MISSING = -2;
  private static final long FOREVER = -1;

  private final Database database;
  private final Entries entries;
  private final CommandArguments arguments;
  private final ReplyWriter reply;
  private final ExpireConditions conditions = new ExpireConditions();

  KeyCommands(Database database, CommandArguments arguments, ReplyWriter reply) {
    this.database = database;
    this.entries = database.entries;
    this.arguments = arguments;
    this.reply = reply;
  }

  List<Command> commands() {
    return List.of(
        new Command("del", -2, "write", 1, -1, 1, this::del),
        new Command("unlink", -2, "write fast", 1, -1, 1, this::del),
        new Command("exists", -2, "readonly fast", 1, -1, 1, this::exists),
        Command.ofKey("expire", -3, "write fast", () -> expire("expire", 1000)),
        Command.ofKey("pexpire", -3, "write fast", () -> expire("pexpire", 1)),
        Command.ofKey("ttl", 2, "readonly fast", () -> ttl(1000)),
        Command.ofKey("pttl", 2, "readonly fast", () -> ttl(1)),
        Command.ofKey("persist", 2, "write fast", this::persist),
        Command.ofKey("type", 2, "readonly fast", this::type));
  }

  private void del() {
    int deleted = 0;
    for (int i = 1; i < arguments.count(); i++) {
      long entry = database.find(arguments, i);
      if (entry != 0) {
        database.delete(entry);
        deleted++;
      }
    }
    reply.integer(deleted);
  }

  private void exists() {
    int found = 0;
    for (int i = 1; i < arguments.count(); i++) {
      if (database.find(arguments, i) != 0) {
        found++;
      }
    }
    reply.integer(found);
  }

  private void expire(String name, long unitMs) {
    String wrong = conditions.parse(arguments);
    if (wrong != null) {
      reply.error(wrong);
      return;
    }
    if (!arguments.isLong(2)) {
      reply.raw(ReplyWriter.NO_INTEGER);
      return;
    }
    long time = arguments.longValue(2);
    if (time > Long.MAX_VALUE / unitMs
        || time < Long.MIN_VALUE / unitMs
        || time * unitMs > Long.MAX_VALUE - database.nowMs()) {
      reply.error("ERR invalid expire time in '" + name + "' command");
      return;
    }
    long atMs = time * unitMs + database.nowMs();
    long entry = database.find(arguments, 1);
    if (entry == 0 || !conditions.allow(entries.expiryMs(entry), atMs)) {
      reply.raw(ReplyWriter.ZERO);
    } else if (atMs <= database.nowMs()) {
      database.delete(entry);
      reply.raw(ReplyWriter.ONE);
    } else {
      database.setExpiry(entry, atMs);
      reply.raw(ReplyWriter.ONE);
    }
  }

  private void ttl(long unitMs) {
    long entry = database.find(arguments, 1);
    if (entry == 0) {
      reply.integer(MISSING);
    } else if (entries.expiryMs(entry) == 0) {
      reply.integer(FOREVER);
    } else {
      long leftMs = entries.expiryMs(entry) - database.nowMs();
      reply.integer((leftMs + unitMs / 2) / unitMs);
    }
  }

  private void persist() {
    long entry = database.find(arguments, 1);
    boolean expires = entry != 0 && entries.expiryMs(entry) != 0;
    if (expires) {
      database.removeExpiry(entry);
    }
    reply.raw(expires ? ReplyWriter.ONE : ReplyWriter.ZERO);
  }

  private void type() {
    reply.raw(database.find(arguments, 1) == 0 ? ReplyWriter.NONE : ReplyWriter.STRING);
  }
}
