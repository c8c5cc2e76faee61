package org.understudy.failover.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.understudy.node.status.NodeState;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.params.SetParams;

/** Time to live goes on while nothing happens, over a lost backup, a new one and a takeover. */
@Timeout(300)
class IdleTimeTest {
  private static final long TTL_MS = 1_000_000;

  /** Clocks of two processes, and rounding to milliseconds. */
  private static final long TOLERANCE_MS = 100;

  @TempDir Path directory;

  @Test
  void shouldCountTheTimeInWhichNothingHappens() throws IOException, InterruptedException {
    try (RunningPair running = new RunningPair(directory)) {
      final long setNs;
      try (Jedis client = RunningPair.jedis(running.pair.backupFront())) {
        client.set("key", "value", SetParams.setParams().px(TTL_MS));
        setNs = System.nanoTime();
      }
      running.pair.backup().kill();
      RunningPair.awaitState(running.pair.primary(), NodeState.SOLO);
      running.pair.startBackup();
      running.awaitProtected();
      requireElapsed(running, setNs, "a backup joined");

      running.pair.primary().kill();
      RunningPair.awaitTakeover(running.pair.backup());
      requireElapsed(running, setNs, "the backup took over");
    }
  }

  private static void requireElapsed(RunningPair running, long setNs, String when) {
    try (Jedis client = RunningPair.jedis(running.pair.backupFront())) {
      long atLeastMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - setNs);
      long leftMs = client.pttl("key");
      assertThat(TTL_MS - leftMs)
          .as("time that went by for the key until " + when)
          .isBetween(atLeastMs - TOLERANCE_MS, TTL_MS / 2);
    }
  }
}
