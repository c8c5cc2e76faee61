package org.understudy.kv;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.understudy.service.guest.ServiceSettings;

class BigValueTest {
  private static final int MIB = 1 << 20;
  private static final int EVENT_BYTES = 64 * 1024;

  @Test
  void shouldStreamValueWhenItIsAsLongAsTheLimit() {
    Kv kv = new Kv(256L << 20);
    byte[] chunk = new byte[EVENT_BYTES];
    new Random(1).nextBytes(chunk);
    kv.run("SET", "big", "warm up");
    long before = allocated();
    kv.harness.send(Kv.CLIENT, "*3\r\n$3\r\nSET\r\n$3\r\nbig\r\n$67108864\r\n");
    UnsafeBuffer buffer = new UnsafeBuffer(chunk);
    for (int i = 0; i < 64 * MIB / EVENT_BYTES; i++) {
      kv.harness.runtime().input(Kv.CLIENT, buffer, 0, EVENT_BYTES);
    }
    assertThat(allocated() - before).as("heap bytes allocated").isLessThan(16 * MIB);
    assertThat(kv.harness.send(Kv.CLIENT, "\r\nPING\r\n")).isEqualTo("+OK\r\n+PONG\r\n");
    assertThat(kv.run("STRLEN", "big")).isEqualTo(":67108864\r\n");
    byte[] reply = kv.harness.send(Kv.CLIENT, Kv.command("GET", "big"));
    assertThat(reply).hasSize("$67108864\r\n".length() + 64 * MIB + 2);
    for (int i = 0; i < 64 * MIB / EVENT_BYTES; i++) {
      int from = 11 + i * EVENT_BYTES;
      assertThat(Arrays.equals(reply, from, from + EVENT_BYTES, chunk, 0, EVENT_BYTES)).isTrue();
    }
    assertThat(kv.run("APPEND", "big", "x"))
        .isEqualTo("-ERR string exceeds maximum allowed size (proto-max-bulk-len)\r\n");
    assertThat(kv.harness.send(Kv.CLIENT, "*2\r\n$3\r\nGET\r\n$67108865\r\n"))
        .isEqualTo("-ERR Protocol error: invalid bulk length\r\n");
  }

  @Test
  void shouldGoOnInTheMiddleOfAValueWhenRestoredAfterEveryEvent() {
    Kv kv = new Kv(32 << 20, ServiceSettings.DEFAULT, true);
    String value = "0123456789".repeat(30_000);
    byte[] request = Kv.command("MSET", "a", value, "b", "small", "c", value + "c");
    byte[] pipeline = Arrays.copyOf(request, request.length + 6);
    System.arraycopy(
        "PING\r\n".getBytes(StandardCharsets.US_ASCII), 0, pipeline, request.length, 6);
    StringBuilder reply = new StringBuilder();
    Random random = new Random(2);
    for (int at = 0; at < pipeline.length; ) {
      int next = Math.min(pipeline.length, at + 1 + random.nextInt(20_000));
      reply.append(Kv.text(kv.harness.send(Kv.CLIENT, Arrays.copyOfRange(pipeline, at, next))));
      at = next;
    }
    assertThat(reply.toString()).isEqualTo("+OK\r\n+PONG\r\n");
    assertThat(kv.run("GET", "a")).isEqualTo("$300000\r\n" + value + "\r\n");
    assertThat(kv.run("GET", "b")).isEqualTo("$5\r\nsmall\r\n");
    assertThat(kv.run("GET", "c")).isEqualTo("$300001\r\n" + value + "c\r\n");
  }

  @Test
  void shouldFreeEverythingWhenClientLeavesInTheMiddle() {
    Kv kv = new Kv(32 << 20);
    long before = kv.harness.runtime().allocator().allocatedBytes();
    for (long session = 10; session < 15; session++) {
      kv.harness.open(session);
      kv.harness.send(
          session, "CLIENT SETNAME me\r\n*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$2000000\r\nabc");
      assertThat(kv.harness.runtime().allocator().allocatedBytes())
          .isGreaterThan(before + 2_000_000);
      kv.harness.close(session);
    }
    assertThat(kv.harness.runtime().allocator().allocatedBytes()).isEqualTo(before);
  }

  @Test
  void shouldReplyOutOfMemoryAndFindTheNextCommandWhenValueDoesNotFit() {
    Kv kv = new Kv(8 << 20);
    StringBuilder reply = new StringBuilder();
    reply.append(
        Kv.text(kv.harness.send(Kv.CLIENT, bytes("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$30000000\r\n"))));
    byte[] chunk = new byte[EVENT_BYTES];
    for (int left = 30_000_000; left > 0; left -= EVENT_BYTES) {
      byte[] piece = left < EVENT_BYTES ? Arrays.copyOf(chunk, left) : chunk;
      reply.append(Kv.text(kv.harness.send(Kv.CLIENT, piece)));
    }
    reply.append(kv.harness.send(Kv.CLIENT, "\r\nPING\r\n"));
    assertThat(reply.toString())
        .isEqualTo("-OOM command not allowed when used memory > 'maxmemory'.\r\n+PONG\r\n");
    assertThat(kv.run("SET", "k", "v")).isEqualTo("+OK\r\n");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static long allocated() {
    return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean())
        .getCurrentThreadAllocatedBytes();
  }
}
