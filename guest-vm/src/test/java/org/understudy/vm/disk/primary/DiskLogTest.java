package org.understudy.vm.disk.primary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.understudy.vm.Await;
import org.understudy.vm.disk.MemoryStore;

@Timeout(300)
class DiskLogTest {
  private static final int MARK = 10_000;
  private static final int LIMIT = 20_000;

  private final MemoryStore store = new MemoryStore(1 << 16);
  private DiskLog log;
  private GuestDisk disk;

  private void open(long holdBackNs) {
    log = new DiskLog(new DiskLogSettings(MARK, LIMIT, holdBackNs));
    disk = new GuestDisk(0, "vda", store, log);
    log.startRecording();
  }

  @AfterEach
  void close() throws IOException {
    disk.close();
    log.close();
  }

  private void write(int bytes) throws IOException {
    disk.write(0, ByteBuffer.allocate(bytes), false);
  }

  @Test
  void shouldAskForAnEarlyCaptureAsItFills() throws IOException {
    open(0);
    assertThat(log.usedPercent()).isZero();
    write(5_000 - 16);
    assertThat(log.usedPercent()).isEqualTo(50);
    write(9_000);
    assertThat(log.usedPercent()).isEqualTo(100);
    DiskCut cut = log.cut();
    assertThat(cut.length()).isEqualTo(5_000 + 9_016);
    assertThat(log.usedPercent()).isZero();
  }

  @Test
  void shouldRefuseASecondCutUntilTheFirstIsReleased() throws IOException {
    open(0);
    write(100);
    DiskCut first = log.cut();
    write(200);
    assertThatThrownBy(log::cut).hasMessageContaining("not released");
    first.release();
    DiskCut second = log.cut();
    first.release();
    assertThat(second.length()).isEqualTo(216);
    assertThatThrownBy(log::cut).hasMessageContaining("not released");
  }

  @Test
  void shouldAnswerEverythingAndBreakWhenItIsFull() throws IOException {
    open(TimeUnit.MILLISECONDS.toNanos(1));
    for (int i = 0; i < 10; i++) {
      write(4_000);
    }
    assertThat(log.broken()).contains("more than 20000 bytes");
    assertThat(log.usedBytes()).isZero();
    assertThatThrownBy(log::cut).hasMessageContaining("not all there");
    log.startRecording();
    write(10);
    assertThat(log.cut().length()).isEqualTo(26);
  }

  @Test
  void shouldHoldAnswersBackAboveTheMarkUntilTheCut() throws Exception {
    open(TimeUnit.HOURS.toNanos(1));
    CompletableFuture<Void> answered = heldBack();
    DiskCut cut = log.cut();
    answered.get(120, TimeUnit.SECONDS);
    assertThat(cut.length()).isEqualTo(15_016);
    assertThat(log.heldBackNs()).isPositive();
  }

  @Test
  void shouldAnswerAtOnceWhenThePauseBegins() throws Exception {
    open(TimeUnit.HOURS.toNanos(1));
    CompletableFuture<Void> answered = heldBack();
    log.beginPause();
    answered.get(120, TimeUnit.SECONDS);
    write(1_000);
    assertThat(log.cut().length()).isEqualTo(16_032);
  }

  private CompletableFuture<Void> heldBack() {
    CompletableFuture<Void> answered =
        CompletableFuture.runAsync(() -> {
          try {
            write(15_000);
          } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        });
    Await.until(log::isHoldingBack);
    assertThat(answered).isNotDone();
    return answered;
  }

  @Test
  void shouldRecordWhatTheFileHasWhenAWriteFailsHalfWay() throws IOException {
    open(0);
    byte[] data = new byte[1000];
    java.util.Arrays.fill(data, (byte) 9);
    store.failAfter(0);
    assertThatThrownBy(() -> disk.write(0, ByteBuffer.wrap(data), false))
        .isInstanceOf(IOException.class);
    DiskCut cut = log.cut();
    byte[] recorded = new byte[1000];
    cut.buffer().getBytes(16, recorded);
    assertThat(recorded).isEqualTo(java.util.Arrays.copyOf(store.bytes(), 1000));
    assertThat(recorded[0]).isEqualTo((byte) 9);
    assertThat(recorded[999]).isZero();
    assertThatThrownBy(() -> disk.trim(0, 10, false)).isInstanceOf(IOException.class);
    assertThat(log.broken()).contains("clearing a range failed");
  }
}
