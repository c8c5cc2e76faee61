package org.understudy.kv;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.understudy.service.front.FrontSettings;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.Response;
import redis.clients.jedis.params.ScanParams;
import redis.clients.jedis.params.SetParams;

/** Unmodified clients against the unprotected service. */
class RealClientsTest {
  private StandaloneServer server;
  private int port;

  @BeforeEach
  void start() throws Exception {
    server =
        new StandaloneServer(
            FrontSettings.of(new InetSocketAddress("127.0.0.1", 0)),
            KeyValueSettings.DEFAULT,
            256L << 20);
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (server.front().address().getPort() == 0) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      TimeUnit.MILLISECONDS.sleep(1);
    }
    port = server.front().address().getPort();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void shouldAnswerAClientThatShutsItsSendingSide() throws Exception {
    for (int i = 1; i <= 50; i++) {
      try (java.net.Socket client = new java.net.Socket("127.0.0.1", port)) {
        client.getOutputStream().write("INCR n\r\n".getBytes(StandardCharsets.US_ASCII));
        client.shutdownOutput();
        assertThat(client.getInputStream().readAllBytes()).asString().isEqualTo(":" + i + "\r\n");
      }
    }
  }

  @Test
  void shouldServeJedis() {
    try (Jedis jedis = new Jedis("127.0.0.1", port)) {
      assertThat(jedis.ping()).isEqualTo("PONG");
      assertThat(jedis.set("k", "v", SetParams.setParams().nx().px(100_000))).isEqualTo("OK");
      assertThat(jedis.get("k")).isEqualTo("v");
      assertThat(jedis.pttl("k")).isBetween(1L, 100_000L);
      assertThat(jedis.mset("a", "1", "b", "2")).isEqualTo("OK");
      assertThat(jedis.mget("a", "b", "c")).containsExactly("1", "2", null);
      assertThat(jedis.incrBy("a", 41)).isEqualTo(42);
      assertThat(jedis.keys("[ab]")).containsExactlyInAnyOrder("a", "b");
      assertThat(jedis.scan("0", new ScanParams().count(100_000)).getResult()).hasSize(3);
      byte[] big = new byte[20_000_000];
      Arrays.fill(big, (byte) 'x');
      byte[] key = "big".getBytes(StandardCharsets.US_ASCII);
      assertThat(jedis.set(key, big)).isEqualTo("OK");
      assertThat(jedis.get(key)).isEqualTo(big);
      Pipeline pipeline = jedis.pipelined();
      Response<Long> last = null;
      for (int i = 0; i < 10_000; i++) {
        last = pipeline.incr("count");
      }
      pipeline.sync();
      assertThat(last.get()).isEqualTo(10_000);
      assertThat(jedis.del("a", "b", "nothing")).isEqualTo(2);
      assertThat(jedis.info("keyspace")).contains("db0:keys=3,expires=1");
      assertThat(jedis.flushAll()).isEqualTo("OK");
      assertThat(jedis.dbSize()).isZero();
    }
  }

  @Test
  void shouldServeRedisCli() throws Exception {
    RedisServer.assumeInstalled("redis-cli");

    assertThat(run("redis-cli", "set", "k", "v w")).isEqualTo("OK\n");
    assertThat(run("redis-cli", "get", "k")).isEqualTo("v w\n");
    assertThat(run("redis-cli", "incr", "k")).startsWith("ERR value is not an integer");
    assertThat(run("redis-cli", "-2", "hello", "2")).contains("redis\n");
    assertThat(run("redis-cli", "--scan")).isEqualTo("k\n");
    assertThat(run("redis-cli", "config", "get", "maxmemory*")).contains("noeviction");
  }

  @Test
  void shouldServeRedisBenchmark() throws Exception {
    RedisServer.assumeInstalled("redis-benchmark");

    String output =
        run(
            "redis-benchmark",
            "-t",
            "set,get,incr,mset",
            "-r",
            "1000",
            "-d",
            "64",
            "-P",
            "16",
            "-c",
            "20",
            "-n",
            "4000",
            "-q");

    assertThat(output).contains("SET:", "GET:", "INCR:", "MSET").doesNotContain("rror");
  }

  private String run(String program, String... arguments) throws Exception {
    List<String> command =
        new java.util.ArrayList<>(List.of(program, "-p", Integer.toString(port)));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }
}
