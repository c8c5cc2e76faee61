package org.understudy.kv;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.service.guest.ServiceSettings;

@ParameterizedClass(name = "restore after every event: {0}")
@ValueSource(booleans = {false, true})
class KeyValueServiceTest {
  private static final String OOM = "-OOM command not allowed when used memory > 'maxmemory'.\r\n";

  private final boolean restore;
  private Kv kv;

  KeyValueServiceTest(boolean restore) {
    this.restore = restore;
    kv = new Kv(8 << 20, ServiceSettings.DEFAULT, restore);
  }

  @Test
  void shouldSetAndGetWhenOptionsAllow() {
    assertThat(kv.run("GET", "k")).isEqualTo("$-1\r\n");
    assertThat(kv.run("set", "k", "v")).isEqualTo("+OK\r\n");
    assertThat(kv.run("GET", "k")).isEqualTo("$1\r\nv\r\n");
    assertThat(kv.run("SET", "k", "w", "nx")).isEqualTo("$-1\r\n");
    assertThat(kv.run("SET", "k", "w", "XX", "GET")).isEqualTo("$1\r\nv\r\n");
    assertThat(kv.run("SET", "n", "w", "XX")).isEqualTo("$-1\r\n");
    assertThat(kv.run("SET", "k", "")).isEqualTo("+OK\r\n");
    assertThat(kv.run("MGET", "k", "n")).isEqualTo("*2\r\n$0\r\n\r\n$-1\r\n");
    assertThat(kv.run("SET", "k", "v", "NX", "XX")).isEqualTo("-ERR syntax error\r\n");
    assertThat(kv.run("SET", "k", "v", "EX", "0"))
        .isEqualTo("-ERR invalid expire time in 'set' command\r\n");
    assertThat(kv.run("SET", "k", "v", "EXAT", "9999999999")).startsWith("-ERR EXAT and PXAT");
  }

  @Test
  void shouldExpireWhenClockPasses() {
    kv.run("SET", "a", "1", "PX", "50");
    kv.run("SET", "b", "1", "EX", "2");
    kv.run("SET", "c", "1");
    assertThat(kv.run("PTTL", "a")).isEqualTo(":50\r\n");
    assertThat(kv.run("TTL", "b")).isEqualTo(":2\r\n");
    assertThat(kv.run("TTL", "c")).isEqualTo(":-1\r\n");
    assertThat(kv.run("TTL", "d")).isEqualTo(":-2\r\n");
    kv.advanceMs(52);
    assertThat(kv.run("EXISTS", "a", "b", "c")).isEqualTo(":2\r\n");
    assertThat(kv.run("INCR", "b")).isEqualTo(":2\r\n");
    assertThat(kv.run("PERSIST", "b")).isEqualTo(":1\r\n");
    assertThat(kv.run("PEXPIRE", "c", "10")).isEqualTo(":1\r\n");
    assertThat(kv.run("EXPIRE", "b", "-1")).isEqualTo(":1\r\n");
    kv.advanceMs(21);
    assertThat(kv.run("DBSIZE")).isEqualTo(":0\r\n");
  }

  @Test
  void shouldDeleteExpiredKeysWhenNobodyAsks() {
    for (int i = 0; i < 3000; i++) {
      kv.run("SET", "k" + i, "v", "PX", Integer.toString(100 + i % 700));
    }
    kv.run("SET", "late", "v", "PX", "1000000");
    kv.advanceMs(5_000);
    assertThat(kv.run("DBSIZE")).isEqualTo(":1\r\n");
    assertThat(kv.run("INFO", "stats")).contains("expired_keys:3000");
    assertThat(kv.harness.runtime().timers().size()).isEqualTo(1);
    kv.advanceMs(1_000_000);
    assertThat(kv.run("DBSIZE")).isEqualTo(":0\r\n");
    assertThat(kv.harness.runtime().timers().size()).isZero();
  }

  @Test
  void shouldCountAndAppendWhenValuesAllow() {
    assertThat(kv.run("INCRBY", "n", "9223372036854775806")).endsWith("806\r\n");
    assertThat(kv.run("INCR", "n")).isEqualTo(":9223372036854775807\r\n");
    assertThat(kv.run("INCR", "n")).isEqualTo("-ERR increment or decrement would overflow\r\n");
    assertThat(kv.run("DECRBY", "n", "-9223372036854775808"))
        .isEqualTo("-ERR decrement would overflow\r\n");
    assertThat(kv.run("APPEND", "s", "ab")).isEqualTo(":2\r\n");
    assertThat(kv.run("INCR", "s")).isEqualTo("-ERR value is not an integer or out of range\r\n");
    StringBuilder expected = new StringBuilder("ab");
    for (int i = 0; i < 300; i++) {
      kv.run("APPEND", "s", "piece" + i);
      expected.append("piece").append(i);
    }
    assertThat(kv.run("GET", "s")).endsWith("\r\n" + expected + "\r\n");
    assertThat(kv.run("STRLEN", "s")).isEqualTo(":" + expected.length() + "\r\n");
  }

  @Test
  void shouldScanEveryKeyOnceAtLeastWhenIndexGrowsMeanwhile() {
    Set<String> there = new HashSet<>();
    for (int i = 0; i < 5000; i++) {
      kv.run("SET", "k" + i, "v");
      there.add("k" + i);
    }
    Set<String> seen = new HashSet<>();
    String cursor = "0";
    int added = 5000;
    do {
      String[] reply = kv.run("SCAN", cursor, "COUNT", "100", "MATCH", "k*").split("\r\n");
      cursor = reply[2];
      for (int i = 5; i < reply.length; i += 2) {
        seen.add(reply[i]);
      }
      for (int i = 0; i < 100 && added < 20_000; i++) {
        kv.run("SET", "k" + added++, "v");
      }
    } while (!cursor.equals("0"));
    assertThat(seen).containsAll(there);
  }

  @Test
  void shouldFlushInSlicesWhenManyKeysAreThere() {
    for (int round = 0; round < 3; round++) {
      for (int i = 0; i < 10_000; i++) {
        kv.run("SET", "k" + i, "v", "EX", "1000");
      }
      assertThat(kv.run("FLUSHALL")).isEqualTo("+OK\r\n");
      assertThat(kv.run("DBSIZE")).isEqualTo(":0\r\n");
      assertThat(kv.run("GET", "k1")).isEqualTo("$-1\r\n");
    }
    kv.advanceMs(1000);
    long allocated = kv.harness.runtime().allocator().allocatedBytes();
    kv.run("FLUSHALL", "async");
    kv.advanceMs(1000);
    assertThat(kv.harness.runtime().allocator().allocatedBytes()).isEqualTo(allocated);
    assertThat(kv.harness.runtime().timers().size()).isZero();
  }

  @Test
  void shouldGoOnWhenMemoryIsFull() {
    String value = "v".repeat(100_000);
    int stored = 0;
    while (kv.run("SET", "k" + stored, value).equals("+OK\r\n")) {
      stored++;
    }
    assertThat(kv.run("SET", "more", value)).isEqualTo(OOM);
    assertThat(kv.run("MSET", "x", "1", "more", value)).isEqualTo(OOM);
    assertThat(kv.run("EXISTS", "x", "more")).isEqualTo(":0\r\n");
    assertThat(kv.run("STRLEN", "k0")).isEqualTo(":100000\r\n");
    assertThat(kv.run("DEL", "k0", "k1")).isEqualTo(":2\r\n");
    assertThat(kv.run("SET", "more", value)).isEqualTo("+OK\r\n");
    assertThat(kv.run("FLUSHALL")).isEqualTo("+OK\r\n");
    assertThat(kv.run("SET", "again", value)).isEqualTo("+OK\r\n");
  }

  @Test
  void shouldReplyErrorWhenReplyExceedsTheLimitOfAnEvent() {
    kv = new Kv(8 << 20, ServiceSettings.DEFAULT.withReplyLimitBytes(128 << 10), restore);
    kv.run("SET", "big", "v".repeat(100_000));
    assertThat(kv.run("MGET", "big", "big")).startsWith("-ERR reply of 2000");
    String two = Kv.text(Kv.command("GET", "big")).repeat(5) + "PING\r\n";
    assertThat(kv.harness.send(Kv.CLIENT, two)).hasSize(5 * 100_011 + 7).endsWith("+PONG\r\n");
    assertThat(kv.run("KEYS", "*")).isEqualTo("*1\r\n$3\r\nbig\r\n");
  }

  @Test
  void shouldCloseClientWhenProtocolIsBroken() {
    assertThat(kv.harness.send(Kv.CLIENT, "PING\r\n*x\r\nPING\r\n"))
        .isEqualTo("+PONG\r\n-ERR Protocol error: invalid multibulk length\r\n");
    assertThat(kv.harness.isClosed(Kv.CLIENT)).isTrue();
    kv.harness.open(2);
    assertThat(kv.harness.send(2, "QUIT\r\nPING\r\n")).isEqualTo("+OK\r\n");
    assertThat(kv.harness.isClosed(2)).isTrue();
  }
}
