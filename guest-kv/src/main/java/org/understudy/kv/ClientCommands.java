package org.understudy.kv;

import java.util.List;

/** Commands about the connection itself. */
final class ClientCommands {
  private static final String DEFAULT_USER = "default";
  private static final byte[] WRONG_PASSWORD =
      ReplyWriter.bytes("-WRONGPASS invalid username-password pair or user is disabled.\r\n");

  private final ClientState client;
  private final CommandArguments arguments;
  private final ReplyWriter reply;

  ClientCommands(ClientState client, CommandArguments arguments, ReplyWriter reply) {
    this.client = client;
    this.arguments = arguments;
    this.reply = reply;
  }

  List<Command> commands() {
    return List.of(
        new Command("ping", -1, "fast", this::ping),
        new Command("echo", 2, "fast", this::echo),
        new Command("hello", -1, "noscript loading stale fast no_auth allow_busy", this::hello),
        new Command("client", -2, "noscript loading stale", this::client),
        new Command("auth", -2, "noscript loading stale fast no_auth allow_busy", this::auth),
        new Command("select", 2, "loading stale fast", this::select),
        new Command("quit", -1, "noscript loading stale fast", this::quit));
  }

  private void ping() {
    if (arguments.count() == 1) {
      reply.raw(ReplyWriter.PONG);
    } else if (arguments.count() == 2) {
      echo();
    } else {
      reply.error("ERR wrong number of arguments for 'ping' command");
    }
  }

  private void echo() {
    if (reply.fits(ReplyWriter.bulkBytes(arguments.length(1)))) {
      reply.bulk(arguments, 1);
    }
  }

  private void select() {
    if (!arguments.isLong(1)) {
      reply.raw(ReplyWriter.NO_INTEGER);
    } else if (arguments.longValue(1) != 0) {
      reply.error("ERR DB index is out of range");
    } else {
      reply.ok();
    }
  }

  private void quit() {
    reply.ok();
    client.end();
  }

  /** {@code HELLO [version [AUTH user password] [SETNAME name]]}. */
  private void hello() {
    long version = client.speaksResp3() ? 3 : 2;
    if (arguments.count() > 1) {
      if (!arguments.isLong(1)) {
        reply.error("ERR Protocol version is not an integer or out of range");
        return;
      }
      version = arguments.longValue(1);
      if (version != 2 && version != 3) {
        reply.error("NOPROTO unsupported protocol version");
        return;
      }
    }
    int name = 0;
    for (int i = 2; i < arguments.count(); i++) {
      if (arguments.is(i, "auth") && i + 2 < arguments.count()) {
        if (!isUser(i + 1)) {
          reply.raw(WRONG_PASSWORD);
          return;
        }
        i += 2;
      } else if (arguments.is(i, "setname") && i + 1 < arguments.count()) {
        i++;
        name = i;
      } else {
        reply.error("ERR Syntax error in HELLO option '" + arguments.text(i, 128) + "'");
        return;
      }
    }
    if (name == 0 || setName(name)) {
      client.speakResp3(version == 3);
      reply.resp3(version == 3);
      replyHello(version);
    }
  }

  private void replyHello(long version) {
    reply.map(7);
    reply.bulk("server");
    reply.bulk("redis");
    reply.bulk("version");
    reply.bulk(ServerCommands.REDIS_VERSION);
    reply.bulk("proto");
    reply.integer(version);
    reply.bulk("id");
    reply.integer(client.sessionId());
    reply.bulk("mode");
    reply.bulk("standalone");
    reply.bulk("role");
    reply.bulk("master");
    reply.bulk("modules");
    reply.raw(ReplyWriter.EMPTY_ARRAY);
  }

  /** {@code AUTH [user] password}: there is one user, without a password. */
  private void auth() {
    if (arguments.count() > 3) {
      reply.raw(ReplyWriter.SYNTAX);
    } else if (arguments.count() == 2) {
      reply.error(
          "ERR AUTH <password> called without any password configured for the default user. Are you"
              + " sure your configuration is correct?");
    } else if (isUser(1)) {
      reply.ok();
    } else {
      reply.raw(WRONG_PASSWORD);
    }
  }

  /** The default user, whose name counts in its exact letters; any password will do. */
  private boolean isUser(int index) {
    return arguments.text(index, DEFAULT_USER.length() + 1).equals(DEFAULT_USER)
        && arguments.length(index) == DEFAULT_USER.length();
  }

  private void client() {
    int count = arguments.count();
    if (arguments.is(1, "id") && count == 2) {
      reply.integer(client.sessionId());
    } else if (arguments.is(1, "getname") && count == 2) {
      getName();
    } else if (arguments.is(1, "setname") && count == 3) {
      if (setName(2)) {
        reply.ok();
      }
    } else if (arguments.is(1, "setinfo") && count == 4) {
      setInfo();
    } else if (arguments.is(1, "reply") && count == 3) {
      replyMode();
    } else {
      reply.error("ERR unknown subcommand '" + arguments.text(1, 128) + "'. Try CLIENT HELP.");
    }
  }

  private void replyMode() {
    if (arguments.is(2, "on")) {
      client.silent(false);
      reply.muted(false);
      reply.ok();
    } else if (arguments.is(2, "off")) {
      client.silent(true);
      reply.muted(true);
    } else if (arguments.is(2, "skip")) {
      if (!client.isSilent()) {
        client.skipNext();
      }
    } else {
      reply.raw(ReplyWriter.SYNTAX);
    }
  }

  /** What library the client is; taken, and not kept. */
  private void setInfo() {
    if (arguments.is(2, "lib-name") || arguments.is(2, "lib-ver")) {
      reply.ok();
    } else {
      reply.error("ERR Unrecognized option '" + arguments.text(2, 128) + "'");
    }
  }

  private void getName() {
    if (client.name() == 0) {
      reply.nothing();
    } else if (reply.fits(ReplyWriter.bulkBytes(client.nameLength()))) {
      reply.bulk(client.name(), client.nameLength());
    }
  }

  private boolean setName(int index) {
    for (int i = 0; i < arguments.length(index); i++) {
      byte value = arguments.byteAt(index, i);
      if (value < '!' || value > '~') {
        reply.error("ERR Client names cannot contain spaces, newlines or special characters.");
        return false;
      }
    }
    client.name(arguments, index);
    return true;
  }
}
