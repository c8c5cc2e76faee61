package org.understudy.vm.disk.primary;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.understudy.vm.Await;
import org.understudy.vm.disk.MemoryStore;

@Timeout(20)
class FlushPolicyTest {
  private final MemoryStore store = new MemoryStore(1 << 16);
  private final DiskLog log = new DiskLog(DiskLogSettings.DEFAULT);
  private final GuestDisk disk = new GuestDisk(0, "vda", store, log);
  private final Semaphore gate = store.gateSyncs();

  @AfterEach
  void close() throws IOException {
    gate.release(1000);
    disk.close();
    log.close();
  }

  private void write(boolean durable) throws IOException {
    disk.write(0, ByteBuffer.allocate(512), durable);
  }

  @Test
  void shouldAnswerAFlushBeforeTheSyncWhenProtected() throws IOException {
    disk.enterProtected();
    write(false);
    disk.flush();
    write(true);
    assertThat(store.syncs()).isZero();
    gate.release(2);
    Await.until(() -> store.syncs() > 0); // both flushes may share one
  }

  @Test
  void shouldSyncBeforeTheAnswerWhenSolo() throws Exception {
    write(false);
    CompletableFuture<Integer> flushed = later(disk::flush);
    Await.until(gate::hasQueuedThreads);
    assertThat(flushed).isNotDone();
    gate.release();
    assertThat(flushed.get(120, TimeUnit.SECONDS)).isEqualTo(1);
    gate.release();
    write(true);
    assertThat(store.syncs()).isEqualTo(2);
  }

  @Test
  void shouldMakeEarlierFlushesDurableBeforeGoingSolo() throws Exception {
    disk.enterProtected();
    write(true);
    CompletableFuture<Integer> solo = later(disk::enterSolo);
    // The sync behind the flush that was answered, and the one that has to come before.
    Await.until(() -> gate.getQueueLength() >= 2);
    assertThat(solo).isNotDone();
    gate.release(2);
    assertThat(solo.get(120, TimeUnit.SECONDS)).isPositive();
    assertThat(disk.mode()).isEqualTo(DiskMode.SOLO);
  }

  @Test
  void shouldNotSyncAgainWhatIsDurable() throws Exception {
    gate.release(1000);
    write(true);
    int syncs = store.syncs();
    disk.flush();
    disk.flush();
    assertThat(store.syncs()).as("nothing was written since").isEqualTo(syncs);
    disk.trim(0, 512, true);
    assertThat(store.syncs()).as("a trim is a change").isEqualTo(syncs + 1);
    disk.enterProtected();
    write(true);
    Await.until(() -> store.syncs() == syncs + 2);
  }

  @Test
  void shouldSyncAtTheFirstFlushWhatAnEarlierProcessWrote() throws Exception {
    gate.release(1000);
    disk.flush();
    assertThat(store.syncs()).isEqualTo(1);
  }

  @Test
  void shouldSyncAgainWhatWasWrittenWhileASyncWasInWork() throws Exception {
    write(false);
    CompletableFuture<Integer> first = later(disk::flush);
    Await.until(gate::hasQueuedThreads);
    write(false);
    gate.release(1000);
    assertThat(first.get(120, TimeUnit.SECONDS)).isEqualTo(1);
    disk.flush();
    assertThat(store.syncs()).isEqualTo(2);
  }

  private interface Action {
    void run() throws IOException;
  }

  /** Syncs seen when the action was done. */
  private CompletableFuture<Integer> later(Action action) {
    return CompletableFuture.supplyAsync(() -> {
      try {
        action.run();
        return store.syncs();
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    });
  }
}
