package org.understudy.lab.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.understudy.lab.judge.HistoryChecker;
import org.understudy.lab.judge.HistoryReader;
import org.understudy.lab.judge.HistoryWriter;
import org.understudy.lab.judge.Verdict;

@Timeout(120)
class LoadGeneratorTest {
  private static final int KEYS = 3_000;

  @TempDir private Path directory;

  private static LoadOptions options(InetSocketAddress address) {
    return new LoadOptions(List.of(address), 50, KEYS, 1, 42, 1 << 20);
  }

  private static void runUntil(LoadGenerator load, long acknowledged) throws Exception {
    Thread stopper =
        new Thread(() -> {
          while (load.progress().acknowledged() < acknowledged) {
            LockSupport.parkNanos(1_000_000);
          }
          load.requestStop();
        });
    stopper.start();
    load.run(10_000);
    stopper.join();
  }

  @Test
  void shouldRecordALegalHistoryWhenTheServiceIsCorrect() throws Exception {
    Path file = directory.resolve("history.jsonl");
    try (RedisServer redis = new RedisServer();
        HistoryWriter writer = new HistoryWriter(file);
        LoadGenerator load = new LoadGenerator(options(redis.address), writer)) {
      load.connect(10_000);
      load.populate();
      assertThat(load.progress().acknowledged()).isEqualTo(KEYS);
      runUntil(load, 20_000);
      FinalDump.read(redis.address, load.history(), writer, load::nowNs);
      Verdict verdict = HistoryChecker.check(load.history());
      assertThat(verdict.findings()).isEmpty();
      assertThat(verdict.isOk()).isTrue();
      assertThat(verdict.unknown()).isZero();
      assertThat(verdict.acknowledged()).isGreaterThanOrEqualTo(20_000);
      assertThat(load.progress().brokenConnections()).isZero();
    }
    Verdict again = HistoryChecker.check(HistoryReader.read(file));
    assertThat(again.findings()).isEmpty();
    assertThat(again.acknowledged()).isGreaterThanOrEqualTo(20_000);
  }

  @Test
  void shouldReportLossWhenTheServiceForgets() throws Exception {
    try (RedisServer redis = new RedisServer();
        RedisServer empty = new RedisServer();
        LoadGenerator load = new LoadGenerator(options(redis.address), null)) {
      load.connect(10_000);
      load.populate();
      FinalDump.read(empty.address, load.history(), null, load::nowNs);
      assertThat(HistoryChecker.check(load.history()).lost()).isEqualTo(KEYS);
    }
  }

  @Test
  void shouldCountBrokenConnectionsWhenTheServiceIsKilled() throws Exception {
    try (RedisServer redis = new RedisServer();
        LoadGenerator load = new LoadGenerator(options(redis.address), null)) {
      load.connect(10_000);
      Thread killer =
          new Thread(() -> {
            while (load.progress().acknowledged() < 1_000) {
              LockSupport.parkNanos(1_000_000);
            }
            redis.kill();
            while (load.progress().brokenConnections() < 50) {
              LockSupport.parkNanos(1_000_000);
            }
            load.requestStop();
          });
      killer.start();
      load.run(1_000);
      killer.join();
      assertThat(load.progress().brokenConnections()).isEqualTo(50);
      Verdict verdict = HistoryChecker.check(load.history());
      assertThat(verdict.findings()).isEmpty();
      assertThat(verdict.unknown()).isPositive();
    }
  }

  @Test
  void shouldNameTheAddressWhenNobodyListens() throws IOException {
    InetSocketAddress nobody =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), RedisServer.freePort());
    try (LoadGenerator load = new LoadGenerator(options(nobody), null)) {
      assertThatThrownBy(() -> load.connect(5_000))
          .isInstanceOf(IOException.class)
          .hasMessageContaining(Integer.toString(nobody.getPort()));
    }
  }
}
