package org.understudy.kv;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.agrona.DirectBuffer;
import org.agrona.collections.Long2ObjectHashMap;
import org.understudy.service.Service;
import org.understudy.service.ServiceContext;
import org.understudy.service.ServiceDefinition;
import org.understudy.service.memory.OutOfProtectedMemoryException;

/**
 * A key-value store that speaks RESP2 and RESP3, so that Redis clients talk to it. It is
 * deterministic: time reaches it only as the stamps of its events; chance only once, as a seed that
 * lies in its memory.
 */
public final class KeyValueService implements Service {
  /** Version of what lies in memory. */
  public static final int STATE_FORMAT_VERSION = 2;

  /** A command that is incomplete after so many bytes goes to protected memory in pieces. */
  private static final int MAX_WAITING_BYTES = 16 * 1024;

  private static final int MAX_NAME_IN_ERROR = 128;

  private final KeyValueSettings settings;
  private final LongSupplier seeds;
  private final RespParser parser;
  private final Long2ObjectHashMap<Command> commands = new Long2ObjectHashMap<>();
  private ServiceContext context;
  private Database database;
  private ClientState client;
  private CommandStream stream;
  private CommandArguments arguments;
  private ReplyWriter reply;

  /** A service object; state comes with {@link #start} or {@link #restore}. */
  public KeyValueService(KeyValueSettings settings) {
    this(settings, new SecureRandom()::nextLong);
  }

  /**
   * A service object whose hash has seeds of one's own, for tests.
   *
   * @param seeds asked twice at the guest's start
   */
  KeyValueService(KeyValueSettings settings, LongSupplier seeds) {
    this.settings = settings;
    this.seeds = seeds;
    this.parser = new RespParser(settings.maxValueBytes());
  }

  /** The service as both nodes compare it. */
  public static ServiceDefinition definition(KeyValueSettings settings) {
    return new ServiceDefinition(
        "kv", STATE_FORMAT_VERSION, true, () -> new KeyValueService(settings));
  }

  /** The definition with seeds of one's own for the hash, for tests. */
  static ServiceDefinition definition(KeyValueSettings settings, LongSupplier seeds) {
    return new ServiceDefinition(
        "kv", STATE_FORMAT_VERSION, true, () -> new KeyValueService(settings, seeds));
  }

  @Override
  public void start(ServiceContext newContext) {
    attach(newContext);
    reply.requireRoom();
    database.start(seeds.getAsLong(), seeds.getAsLong());
    database.prepare(arguments);
  }

  @Override
  public void restore(ServiceContext newContext) {
    attach(newContext);
    reply.requireRoom();
    database.restore();
    database.prepare(arguments);
  }

  @Override
  public int onInput(long sessionId, long stampNs, DirectBuffer buffer, int offset, int length) {
    client.select(sessionId);
    if (client.isEnded()) {
      return length;
    }
    database.now(stampNs);
    reply.begin(sessionId);
    reply.resp3(client.speaksResp3());
    reply.muted(client.isSilent());
    int limit = offset + length;
    int at = offset;
    if (client.stream() != 0) {
      stream.select(client.stream());
      at = feedStream(buffer, at, limit);
    }
    // A stream that goes on has taken all that it can.
    if (client.stream() == 0) {
      at = runCommands(buffer, at, limit);
    }
    reply.flush();
    if (client.isEnded()) {
      client.close();
      return length;
    }
    return at - offset;
  }

  @Override
  public void onSessionClosed(long sessionId, long stampNs) {
    client.select(sessionId);
    if (client.stream() != 0) {
      stream.select(client.stream());
      stream.end();
    }
    client.free();
  }

  @Override
  public void onTimer(long timerId, long stampNs) {
    database.now(stampNs);
    database.onTimer(timerId);
  }

  private void attach(ServiceContext newContext) {
    context = newContext;
    database = new Database(newContext);
    client = new ClientState(newContext, database.space);
    stream = new CommandStream(newContext.memory(), database.space, parser, database);
    arguments = new CommandArguments(newContext.memory());
    reply = new ReplyWriter(newContext);
    ServerCommands server =
        new ServerCommands(database, newContext, arguments, reply, settings.maxValueBytes());
    List<Command> all = new ArrayList<>();
    all.addAll(new StringCommands(database, arguments, reply, settings.maxValueBytes()).commands());
    all.addAll(new KeyCommands(database, arguments, reply).commands());
    all.addAll(new ScanCommands(database, arguments, reply).commands());
    all.addAll(new ClientCommands(client, arguments, reply).commands());
    all.addAll(server.commands());
    server.describe(all);
    all.forEach(command -> commands.put(command.packedName(), command));
  }

  /** Runs commands until one is incomplete; returns the position after the last one. */
  private int runCommands(DirectBuffer buffer, int from, int limit) {
    int at = from;
    while (at < limit && !client.isEnded() && client.stream() == 0) {
      if (!reply.hasRoom()) {
        context.continueInput();
        return at;
      }
      switch (parser.parse(buffer, at, limit)) {
        case COMMAND -> {
          if (parser.argumentCount() > 0) {
            arguments.wrap(parser);
            run();
            if (reply.isDeferred()) {
              context.continueInput();
              return at;
            }
          }
          at = parser.next();
        }
        case ERROR -> protocolError();
        case INCOMPLETE -> {
          return isTooLongToWait(limit - at) ? beginStream(buffer, at, limit) : at;
        }
        default -> throw new IllegalStateException();
      }
    }
    return at;
  }

  private boolean isTooLongToWait(int waitingBytes) {
    return parser.declaredArguments() > 0
        && (parser.pendingBulkBytes() > MAX_WAITING_BYTES || waitingBytes > MAX_WAITING_BYTES);
  }

  private int beginStream(DirectBuffer buffer, int from, int limit) {
    // The arguments follow the announcement, whose line the parser has understood.
    int announced = parser.declaredArguments();
    int at = from;
    while (buffer.getByte(at) != '\r') {
      at++;
    }
    try {
      client.ensureState();
      client.stream(stream.begin(announced));
    } catch (OutOfProtectedMemoryException e) {
      // Without room for these few bytes the client cannot even be skipped to its next command.
      reply.raw(ReplyWriter.OUT_OF_MEMORY);
      client.end();
      return limit;
    }
    return feedStream(buffer, at + 2, limit);
  }

  /** Feeds the selected stream and runs its command when it is complete. */
  private int feedStream(DirectBuffer buffer, int from, int limit) {
    switch (stream.feed(buffer, from, limit)) {
      case COMPLETE -> {
        if (stream.failed()) {
          reply.raw(ReplyWriter.OUT_OF_MEMORY);
        } else {
          arguments.wrap(stream);
          run();
          if (reply.isDeferred()) {
            context.continueInput();
            return stream.next();
          }
        }
        stream.end();
        client.stream(0);
      }
      case ERROR -> {
        protocolError();
        return limit;
      }
      case INCOMPLETE -> {
        return stream.next();
      }
      default -> throw new IllegalStateException();
    }
    return stream.next();
  }

  private void protocolError() {
    reply.error("ERR " + parser.error());
    client.end();
  }

  private void run() {
    boolean silent = client.takeSkip() || client.isSilent();
    if (silent) {
      reply.muted(true);
    }
    runCommand();
    if (silent) {
      reply.muted(client.isSilent());
    }
  }

  private void runCommand() {
    Command command = commands.get(arguments.name(0));
    if (command == null && (arguments.is(0, "post") || arguments.is(0, "host:"))) {
      // A web page made its reader's browser send this: what follows would be run as commands.
      client.end();
    } else if (command == null) {
      unknownCommand();
    } else if (!command.takes(arguments.count())) {
      reply.error("ERR wrong number of arguments for '" + command.name() + "' command");
    } else {
      try {
        command.action().run();
      } catch (OutOfProtectedMemoryException e) {
        reply.raw(ReplyWriter.OUT_OF_MEMORY);
      }
    }
  }

  private void unknownCommand() {
    StringBuilder shown = new StringBuilder();
    for (int i = 1; i < arguments.count() && shown.length() < MAX_NAME_IN_ERROR; i++) {
      String argument = arguments.text(i, MAX_NAME_IN_ERROR - shown.length());
      shown.append('\'').append(argument).append("' ");
    }
    reply.error(
        "ERR unknown command '"
            + arguments.text(0, MAX_NAME_IN_ERROR)
            + "', with args beginning with: "
            + shown);
  }
}
