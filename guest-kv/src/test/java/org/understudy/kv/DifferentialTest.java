package org.understudy.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.service.guest.ServiceSettings;

/** The same random commands to a real redis-server and to ours: replies must be equal, bytewise. */
class DifferentialTest {
  private static final String SEED = "understudy.kv.seed";
  private static final int COMMANDS = 15_000;

  private final Random random;

  private final long seed;

  DifferentialTest() {
    seed = Long.getLong(SEED, System.nanoTime());
    random = new Random(seed);
    System.out.println("DifferentialTest: replay with -D" + SEED + "=" + seed);
  }

  @ParameterizedTest
  @ValueSource(strings = {"HELLO 2", "HELLO 3"})
  void shouldReplyLikeRedisWhenCommandsAreRandom(String hello) throws Exception {
    try (RedisServer redis = RedisServer.start("--proto-max-bulk-len", "67108864")) {
      Kv kv = new Kv(64 << 20, ServiceSettings.DEFAULT, false);
      byte[] greeting = Kv.command(hello.split(" "));
      assertThat(withoutId(Kv.text(kv.harness.send(Kv.CLIENT, greeting))))
          .isEqualTo(withoutId(redis.exchange(greeting)));
      for (int i = 0; i < COMMANDS; i++) {
        String[] words = randomCommand();
        byte[] request = Kv.command(words);
        String expected = redis.exchange(request);
        String actual = Kv.text(sendInPieces(kv, request));
        if (words[0].equalsIgnoreCase("KEYS")) {
          expected = sorted(expected);
          actual = sorted(actual);
        }
        if (words[0].equals("TTL") && expected.startsWith(":")) {
          assertThat(number(actual)).as("seed %d", seed).isCloseTo(number(expected), within(60L));
          continue;
        }
        assertThat(actual)
            .as("seed %d, command %d: %s", seed, i, describe(words))
            .isEqualTo(expected);
      }
    }
  }

  @Test
  void shouldReplyLikeRedisWhenRequestsAreBroken() throws Exception {
    List<String> requests =
        List.of(
            "*3\r\n$3\r\nSET\r\n$1\r\na\r\n:1\r\n",
            "*-5\r\nPING\r\n",
            "*abc\r\n",
            "*2\r\n$-2\r\n",
            "*2\r\n$67108865\r\n",
            "*1\r\n$x\r\n",
            "SET a \"b\"c\r\n",
            "SET 'a\r\n",
            "\r\n\r\nPING\r\n",
            "NOSUCH\r\n",
            "nosuch a 'b c' \"\\x00z\"\r\n",
            "nosuch " + "x".repeat(200) + " y\r\n",
            "x".repeat(200) + "\r\n",
            "GET\r\n",
            "CLIENT\r\n",
            "CONFIG GET\r\n",
            "CONFIG NOSUCH x\r\n",
            "CLIENT NOSUCH\r\n",
            "COMMAND NOSUCH\r\n",
            "CLIENT GETNAME\r\nCLIENT SETNAME a\r\nCLIENT GETNAME\r\n",
            "CLIENT SETNAME \"a b\"\r\n",
            "SELECT 0\r\nSELECT x\r\nSELECT 99\r\n",
            "HELLO x\r\nHELLO 9\r\nHELLO 2 NOSUCH\r\n",
            "FLUSHALL x\r\nFLUSHALL SYNC\r\n",
            "QUIT\r\nPING\r\n",
            "HELLO 3 NOSUCH\r\nGET a\r\nHELLO 4\r\nGET a\r\n",
            "AUTH x\r\nAUTH default x\r\nAUTH Default x\r\nAUTH nobody x\r\nAUTH a b c\r\nAUTH\r\n",
            "HELLO 2 AUTH nobody x\r\nHELLO x AUTH a b\r\n",
            "CLIENT REPLY OFF\r\nSET a 1\r\nGET a\r\nNOSUCH\r\nCLIENT REPLY ON\r\nGET a\r\n",
            "CLIENT REPLY SKIP\r\nGET a\r\nGET b\r\nCLIENT REPLY SKIP\r\nNOSUCH\r\nGET b\r\n",
            "CLIENT REPLY SKIP\r\nCLIENT REPLY ON\r\nPING\r\nCLIENT REPLY x\r\n",
            "*2\r\n$4\r\nGET\0\r\n$1\r\na\r\n",
            "*1\r\n$5\r\n\0PING\r\n*1\r\n$6\r\nPING\0\0\r\n*1\r\n$0\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: x\r\n\r\nSET a b\r\n",
            "GET / HTTP/1.1\r\nHost: x\r\n\r\nSET a b\r\n",
            "*1\r\n$5\r\nhOsT:\r\n",
            "*1\r\n$4\r\nPING..*1\r\n$4\r\nPING\r\n");
    for (String request : requests) {
      try (RedisServer redis = RedisServer.start("--proto-max-bulk-len", "67108864")) {
        Kv kv = new Kv(8 << 20, ServiceSettings.DEFAULT, true);
        byte[] bytes = request.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
        String actual = Kv.text(kv.harness.send(Kv.CLIENT, bytes));
        actual += kv.harness.isClosed(Kv.CLIENT) ? "<closed>" : "";
        String expected = redis.exchange(bytes);
        if (request.contains("Host: x")) {
          // Redis drops what it has not written yet when it ends such a connection.
          assertThat(actual).as(request).endsWith("<closed>").contains(expected);
        } else {
          assertThat(actual).as(request).isEqualTo(expected);
        }
      }
    }
  }

  /** The reply to HELLO without the number of the connection. */
  private static String withoutId(String reply) {
    return reply.replaceFirst("(id\r\n):[0-9]+", "$1:1");
  }

  @Test
  void shouldReplyLikeRedisInTheNewerProtocol() throws Exception {
    String[][] commands = {
      {"HELLO", "3"},
      {"GET", "none"},
      {"MGET", "none", "a"},
      {"SET", "a", "1", "XX"},
      {"SET", "a", "1", "GET"},
      {"CLIENT", "GETNAME"},
      {"CONFIG", "GET", "maxmemory-policy"},
      {"CONFIG", "GET", "nosuch*"},
      {"COMMAND", "INFO", "nosuch"},
      {"COMMAND", "DOCS", "nosuch"},
      {"KEYS", "*"},
      {"SCAN", "0", "COUNT", "10000"},
      {"TTL", "a"},
      {"TYPE", "a"},
      {"HELLO", "2"},
      {"GET", "none"},
      {"HELLO", "3", "SETNAME", "c"},
      {"CLIENT", "GETNAME"},
      {"HELLO"},
      {"INFO", "persistence-x"}
    };
    try (RedisServer redis = RedisServer.start("--proto-max-bulk-len", "67108864")) {
      Kv kv = new Kv(8 << 20, ServiceSettings.DEFAULT, true);
      for (String[] command : commands) {
        byte[] request = Kv.command(command);
        assertThat(withoutId(Kv.text(kv.harness.send(Kv.CLIENT, request))))
            .as(String.join(" ", command))
            .isEqualTo(withoutId(redis.exchange(request)));
      }
    }
  }

  private byte[] sendInPieces(Kv kv, byte[] request) {
    if (random.nextInt(4) != 0) {
      return kv.harness.send(Kv.CLIENT, request);
    }
    var reply = new java.io.ByteArrayOutputStream();
    for (int at = 0; at < request.length; ) {
      int next = Math.min(request.length, at + 1 + random.nextInt(request.length));
      reply.writeBytes(kv.harness.send(Kv.CLIENT, java.util.Arrays.copyOfRange(request, at, next)));
      at = next;
    }
    return reply.toByteArray();
  }

  private String[] randomCommand() {
    List<String> words = new ArrayList<>();
    switch (random.nextInt(30)) {
      case 0, 1, 2, 3 -> add(words, "SET", key(), value());
      case 4 -> add(words, "set", key(), value(), setOption(), setOption());
      case 5, 6, 7 -> add(words, "GET", key());
      case 8 -> add(words, "MGET", key(), key(), key());
      case 9 -> add(words, "MSET", key(), value(), key(), value());
      case 10 -> add(words, "DEL", key(), key());
      case 11 -> add(words, "EXISTS", key(), key());
      case 12, 13 -> add(words, "INCR", key());
      case 14 -> add(words, "DECR", key());
      case 15 -> add(words, "INCRBY", key(), integer());
      case 16 -> add(words, "DECRBY", key(), integer());
      case 17, 18, 19 -> add(words, "APPEND", key(), value());
      case 20 -> add(words, "STRLEN", key());
      case 21 -> add(words, "EXPIRE", key(), longTime(), expireOption());
      case 22 -> add(words, "PEXPIRE", key(), longTime() + "000", expireOption());
      case 23 -> add(words, "TTL", key());
      case 24 -> add(words, "PERSIST", key());
      case 25 -> add(words, "TYPE", key());
      case 26 -> add(words, "KEYS", pattern());
      case 27 -> add(words, random.nextInt(60) == 0 ? "FLUSHALL" : "DBSIZE");
      case 28 -> add(words, random.nextBoolean() ? "ECHO" : "PING", value());
      default -> add(words, any("GET", "SET", "INCR", "MSET", "NOSUCH", "TTL", "APPEND"));
    }
    while (random.nextInt(40) == 0) {
      words.add("more" + random.nextInt(10));
    }
    return words.toArray(new String[0]);
  }

  private static void add(List<String> words, String... more) {
    for (String word : more) {
      if (word != null) {
        words.add(word);
      }
    }
  }

  private String key() {
    return any("", "k", "\0\r\n\u00ff", "a*b", "long" + "x".repeat(500))
        .concat(Integer.toString(random.nextInt(30)).repeat(random.nextInt(2)));
  }

  private String value() {
    return switch (random.nextInt(8)) {
      case 0 -> "";
      case 1, 2 -> integer();
      case 3 -> "x".repeat(random.nextInt(40_000));
      case 4 -> String.valueOf((char) random.nextInt(256)).repeat(random.nextInt(200));
      default -> "v" + random.nextInt(1000);
    };
  }

  private String integer() {
    return any("1", "-1", "0", "-0", "+1", "01", " 1", "9223372036854775807", "x")
        .concat(random.nextBoolean() ? "" : Integer.toString(random.nextInt(1000)))
        .replaceFirst("^$", "-9223372036854775808");
  }

  private String longTime() {
    // Never the same time twice: Redis's clock runs meanwhile, ours stands still.
    String later = Integer.toString(100_000 + 100 * random.nextInt(1_000_000));
    return any(later, later, later, "-1", "0", "9223372036854775807", "x");
  }

  private String setOption() {
    return any(null, null, "NX", "xx", "GET", "EX", "100000", "PX", "200000000", "KEEPTTL", "0");
  }

  private String expireOption() {
    return any(null, null, null, "NX", "xx", "GT", "lt", "what");
  }

  private String pattern() {
    StringBuilder pattern = new StringBuilder();
    for (int i = random.nextInt(6); i >= 0; i--) {
      pattern.append(any("*", "?", "k", "a", "[a-k]", "[^k]", "[", "\\", "1", "[z-a0-9]", "]"));
    }
    return pattern.toString();
  }

  private String any(String... words) {
    return words[random.nextInt(words.length)];
  }

  /** The elements of an array reply in an order of their own. */
  private static String sorted(String reply) {
    if (!reply.startsWith("*")) {
      return reply;
    }
    TreeSet<String> elements = new TreeSet<>();
    int at = reply.indexOf("\r\n") + 2;
    while (at < reply.length()) {
      int line = reply.indexOf("\r\n", at);
      int end = line + 2 + Integer.parseInt(reply.substring(at + 1, line)) + 2;
      elements.add(reply.substring(at, end));
      at = end;
    }
    return reply.substring(0, reply.indexOf("\r\n") + 2) + String.join("", elements);
  }

  private static long number(String reply) {
    return Long.parseLong(reply.substring(1).trim());
  }

  private static String describe(String[] words) {
    StringBuilder text = new StringBuilder();
    for (String word : words) {
      text.append(word.length() > 60 ? word.substring(0, 60) + "..." : word).append(' ');
    }
    return text.toString();
  }
}
