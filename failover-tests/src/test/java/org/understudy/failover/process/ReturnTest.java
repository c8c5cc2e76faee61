package org.understudy.failover.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.understudy.lab.pair.NodeProcess;
import org.understudy.node.status.NodeState;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;

/** A node that returns is sent what differs from what its host's memory still holds. */
@Timeout(300)
class ReturnTest {
  private static final int KEYS = 4_000;
  private static final int VALUE_BYTES = 4_000;
  private static final long SEED = 11;

  /** One key in so many changes while a node is away. */
  private static final int CHANGED = 40;

  @TempDir private Path directory;
  private RunningPair running;

  @BeforeEach
  void startPair() throws IOException, InterruptedException {
    running = new RunningPair(directory);
    write(running.pair.backupFront(), 0, 1);
    settle();
  }

  /** An epoch is applied after its ack: the last large one is, when small ones came after it. */
  private void settle() throws InterruptedException {
    NodeProcess primary = running.pair.primary();
    long[] before = {-1};
    Await.until(
        "three small epochs",
        RunningPair.TIMEOUT_MS,
        () -> {
          write(running.pair.backupFront(), 0, KEYS);
          long epoch = RunningPair.status(primary).replication().epoch();
          before[0] = before[0] < 0 ? epoch : before[0];
          return epoch >= before[0] + 3;
        });
  }

  @AfterEach
  void end() {
    running.close();
  }

  private static byte[] key(int number) {
    return ("key-" + number).getBytes(StandardCharsets.US_ASCII);
  }

  /** What no codec makes smaller. */
  private static byte[] value(int number, int version) {
    byte[] value = new byte[VALUE_BYTES];
    new Random(SEED + number * 31L + version).nextBytes(value);
    return value;
  }

  private static void write(InetSocketAddress front, int version, int every) {
    try (Jedis client = RunningPair.jedis(front);
        Pipeline pipeline = client.pipelined()) {
      for (int i = 0; i < KEYS; i += every) {
        pipeline.set(key(i), value(i, version));
      }
      pipeline.sync();
    }
  }

  private static void requireAll(InetSocketAddress front, int version) {
    try (Jedis client = RunningPair.jedis(front)) {
      for (int i = 0; i < KEYS; i++) {
        int of = i % CHANGED == 0 ? version : 0;
        assertThat(client.get(key(i))).as("key %d", i).isEqualTo(value(i, of));
      }
    }
  }

  private void returns() throws IOException, InterruptedException {
    running.pair.startBackup();
    running.awaitProtected();
    long bytes = RunningPair.status(running.pair.primary()).replication().initialCopyBytes();
    assertThat(bytes).as("bytes of the copy").isLessThan((long) KEYS * VALUE_BYTES / 10);
  }

  private void loseBackup() throws InterruptedException {
    running.pair.backup().kill();
    RunningPair.awaitState(running.pair.primary(), NodeState.SOLO);
  }

  private void losePrimary() throws InterruptedException {
    running.pair.primary().kill();
    RunningPair.awaitTakeover(running.pair.backup());
    running.pair.rolesChanged();
    RunningPair.awaitState(running.pair.primary(), NodeState.SOLO);
  }

  @Test
  void shouldSendAKilledBackupWhatChangedMeanwhile() throws Exception {
    loseBackup();
    write(running.pair.primaryFront(), 1, CHANGED);
    returns();
    losePrimary();
    requireAll(running.pair.primaryFront(), 1);
  }

  @Test
  void shouldSendAKilledPrimaryWhatChangedMeanwhile() throws Exception {
    for (int version = 1; version <= 3; version++) {
      losePrimary();
      write(running.pair.primaryFront(), version, CHANGED);
      returns();
    }
    losePrimary();
    requireAll(running.pair.primaryFront(), 3);
  }

  @Test
  void shouldKeepNothingOfAGuestThatEnded() throws Exception {
    String id = RunningPair.status(running.pair.primary()).ownership().registerId();
    assertThat(RunningPair.kept(id)).as("of both nodes").isEqualTo(2);
    NodeProcess backup = running.pair.backup();
    assertThat(running.pair.primary().endGuest(RunningPair.TIMEOUT_MS)).isZero();
    assertThat(backup.awaitExit(RunningPair.TIMEOUT_MS)).isZero();
    assertThat(RunningPair.kept(id)).isZero();
  }
}
