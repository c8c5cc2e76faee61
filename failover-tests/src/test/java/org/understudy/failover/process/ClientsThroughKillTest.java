package org.understudy.failover.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.understudy.node.status.NodeStatus;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.Response;
import redis.clients.jedis.params.SetParams;

/**
 * Unmodified clients on the connections that they opened before the kill; digests of both nodes.
 */
@Timeout(300)
class ClientsThroughKillTest {
  private static final Path REDIS_BENCHMARK = Path.of("/usr/bin/redis-benchmark");

  @TempDir Path directory;

  @Test
  void shouldServeAJedisConnectionThatWasOpenedBeforeTheKill()
      throws IOException, InterruptedException {
    try (RunningPair running = new RunningPair(directory);
        Jedis client = RunningPair.jedis(running.pair.backupFront())) {
      client.set("name", "before");
      client.incrBy("count", 41);
      client.set("lease", "held", SetParams.setParams().ex(1000));

      running.pair.primary().kill();
      // Sent at once: it waits for the takeover on the connection that survives.
      final long count = client.incr("count");

      assertThat(count).isEqualTo(42);
      assertThat(client.get("name")).isEqualTo("before");
      assertThat(client.ttl("lease")).isBetween(1L, 1000L);
      try (Pipeline pipeline = client.pipelined()) {
        Response<Long> first = pipeline.incr("count");
        Response<Long> second = pipeline.incr("count");
        pipeline.sync();
        assertThat(first.get()).isEqualTo(43);
        assertThat(second.get()).isEqualTo(44);
      }
      assertThat(running.pair.primary().diedOfKill(RunningPair.TIMEOUT_MS)).isTrue();
    }
  }

  @Test
  void shouldCarryRedisBenchmarkThroughATakeover() throws IOException, InterruptedException {
    assumeTrue(
        Files.isExecutable(REDIS_BENCHMARK), "redis-benchmark is missing: install redis-tools");
    try (RunningPair running = new RunningPair(directory)) {
      Path output = directory.resolve("benchmark.txt");
      Process benchmark =
          new ProcessBuilder(
                  REDIS_BENCHMARK.toString(),
                  "-p",
                  Integer.toString(running.pair.backupFront().getPort()),
                  "-t",
                  "set,get,incr",
                  "-n",
                  "60000",
                  "-r",
                  "2000",
                  "-c",
                  "20",
                  "-P",
                  "4",
                  "--csv")
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      try {
        Await.until(
            "benchmark under way",
            RunningPair.TIMEOUT_MS,
            () -> RunningPair.status(running.pair.primary()).replication().epochs() > 20);
        running.pair.primary().kill();
        RunningPair.awaitTakeover(running.pair.backup());

        assertThat(benchmark.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(benchmark.exitValue()).as(Files.readString(output)).isZero();
        assertThat(Files.readString(output))
            .contains("\"SET\"", "\"GET\"", "\"INCR\"")
            .doesNotContainIgnoringCase("error");
      } finally {
        benchmark.destroyForcibly();
      }
    }
  }

  @Test
  void shouldHoldEqualMemoryOnBothNodesUnderLoad() throws IOException, InterruptedException {
    try (RunningPair running =
            new RunningPair(directory, "verify { everyEpochs = 50, samples = 20 }");
        LoadThread load = running.load(11)) {
      Await.until("5 epochs hashed by both", RunningPair.TIMEOUT_MS, () -> compared(running) >= 5);
      assertThat(load.brokenConnections()).isZero();
      Await.until(
          "both show the same register",
          RunningPair.TIMEOUT_MS,
          () -> {
            NodeStatus.OwnershipView seen = RunningPair.status(running.pair.primary()).ownership();
            return seen.mode().equals("protected")
                && seen.equals(RunningPair.status(running.pair.backup()).ownership());
          });
    }
  }

  /** Epochs that both nodes have hashed; each must be equal. */
  private static int compared(RunningPair running) throws IOException {
    NodeStatus primary = RunningPair.status(running.pair.primary());
    Map<Long, String> images = RunningPair.status(running.pair.backup()).verify().hashes();
    int count = 0;
    for (Map.Entry<Long, String> region : primary.verify().hashes().entrySet()) {
      String image = images.get(region.getKey());
      if (image != null) {
        assertThat(image).as("epoch %d", region.getKey()).isEqualTo(region.getValue());
        count++;
      }
    }
    return count;
  }
}
