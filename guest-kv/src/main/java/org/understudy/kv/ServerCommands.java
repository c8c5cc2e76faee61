package org.understudy.kv;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.understudy.service.ServiceContext;

/** What clients ask about the server: INFO, COMMAND, CONFIG GET. */
final class ServerCommands {
  /** The version whose behaviour and error texts this service has. */
  static final String REDIS_VERSION = "7.0.15";

  private final Database database;
  private final ServiceContext context;
  private final CommandArguments arguments;
  private final ReplyWriter reply;
  private final Map<String, String> configuration = new LinkedHashMap<>();
  private Collection<Command> commands = List.of();

  ServerCommands(
      Database database,
      ServiceContext context,
      CommandArguments arguments,
      ReplyWriter reply,
      int maxValueBytes) {
    this.database = database;
    this.context = context;
    this.arguments = arguments;
    this.reply = reply;
    configuration.put("save", "");
    configuration.put("appendonly", "no");
    configuration.put("databases", "1");
    configuration.put("maxmemory", Long.toString(database.memory.capacity()));
    configuration.put("maxmemory-policy", "noeviction");
    configuration.put("proto-max-bulk-len", Integer.toString(maxValueBytes));
    configuration.put("timeout", "0");
  }

  /** All commands, for COMMAND. */
  void describe(Collection<Command> all) {
    commands = all;
  }

  List<Command> commands() {
    return List.of(
        new Command("info", -1, "loading stale", this::info),
        new Command("command", -1, "loading stale", this::command),
        new Command("config", -2, "admin loading stale", this::config));
  }

  private void info() {
    StringBuilder text = new StringBuilder();
    section(text, "Server");
    if (wanted("server")) {
      text.append("redis_version:").append(REDIS_VERSION);
      text.append("\r\nredis_mode:standalone\r\narch_bits:64\r\nuptime_in_seconds:");
      text.append(database.uptimeSeconds()).append("\r\n");
    }
    section(text, "Clients");
    if (wanted("clients")) {
      text.append("connected_clients:").append(context.sessions()).append("\r\n");
    }
    section(text, "Memory");
    if (wanted("memory")) {
      text.append("used_memory:").append(context.allocator().allocatedBytes());
      text.append("\r\nmaxmemory:").append(database.memory.capacity());
      text.append("\r\nmaxmemory_policy:noeviction\r\n");
    }
    section(text, "Persistence");
    if (wanted("persistence")) {
      text.append("loading:0\r\n");
    }
    section(text, "Stats");
    if (wanted("stats")) {
      text.append("expired_keys:").append(database.expiredKeys()).append("\r\n");
    }
    section(text, "Replication");
    if (wanted("replication")) {
      text.append("role:master\r\nconnected_slaves:0\r\n");
    }
    section(text, "Keyspace");
    if (wanted("keyspace") && database.keys() > 0) {
      text.append("db0:keys=").append(database.keys());
      text.append(",expires=").append(database.keysThatExpire()).append(",avg_ttl=0\r\n");
    }
    reply.verbatim(text.toString());
  }

  private void section(StringBuilder text, String name) {
    if (wanted(name.toLowerCase(java.util.Locale.ROOT))) {
      text.append(text.isEmpty() ? "# " : "\r\n# ").append(name).append("\r\n");
    }
  }

  private boolean wanted(String section) {
    if (arguments.count() == 1) {
      return true;
    }
    for (int i = 1; i < arguments.count(); i++) {
      if (arguments.is(i, section)
          || arguments.is(i, "all")
          || arguments.is(i, "everything")
          || arguments.is(i, "default")) {
        return true;
      }
    }
    return false;
  }

  private void command() {
    if (arguments.count() == 1) {
      describeAll();
    } else if (arguments.is(1, "count") && arguments.count() == 2) {
      reply.integer(commands.size());
    } else if (arguments.is(1, "list") && arguments.count() == 2) {
      reply.array(commands.size());
      commands.forEach(each -> reply.bulk(each.name()));
    } else if (arguments.is(1, "info")) {
      describeNamed();
    } else if (arguments.is(1, "docs")) {
      reply.map(0);
    } else {
      unknownSubcommand("COMMAND");
    }
  }

  private void describeAll() {
    reply.array(commands.size());
    commands.forEach(this::describe);
  }

  private void describeNamed() {
    if (arguments.count() == 2) {
      describeAll();
      return;
    }
    if (!reply.fits((arguments.count() - 2) * ReplyWriter.bulkBytes(256))) {
      return;
    }
    reply.array(arguments.count() - 2);
    for (int i = 2; i < arguments.count(); i++) {
      long name = arguments.name(i);
      Command named = null;
      for (Command each : commands) {
        if (each.packedName() == name) {
          named = each;
        }
      }
      if (named == null) {
        reply.noArray();
      } else {
        describe(named);
      }
    }
  }

  private void describe(Command command) {
    reply.array(10);
    reply.bulk(command.name());
    reply.integer(command.arity());
    String[] flags = command.flags().split(" ");
    reply.set(flags.length);
    for (String flag : flags) {
      reply.raw(ReplyWriter.bytes("+" + flag + "\r\n"));
    }
    reply.integer(command.firstKey());
    reply.integer(command.lastKey());
    reply.integer(command.keyStep());
    reply.set(0); // ACL categories
    reply.set(0); // tips
    reply.set(0); // key specifications
    reply.array(0); // subcommands
  }

  private void config() {
    if (arguments.is(1, "get") && arguments.count() >= 3) {
      configGet();
    } else if (arguments.is(1, "get")) {
      reply.error("ERR wrong number of arguments for 'config|get' command");
    } else if (arguments.is(1, "resetstat") && arguments.count() == 2) {
      reply.ok();
    } else {
      unknownSubcommand("CONFIG");
    }
  }

  private void configGet() {
    List<String> found = new ArrayList<>();
    configuration.forEach((name, value) -> {
      for (int i = 2; i < arguments.count(); i++) {
        if (Glob.matches(arguments, i, name)) {
          found.add(name);
          found.add(value);
          return;
        }
      }
    });
    reply.map(found.size() / 2);
    found.forEach(reply::bulk);
  }

  private void unknownSubcommand(String name) {
    reply.error("ERR unknown subcommand '" + arguments.text(1, 128) + "'. Try " + name + " HELP.");
  }
}
