package org.understudy.vm.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.understudy.vm.Await;
import org.understudy.vm.CountingGuest;

/** A guest whose QEMU is killed and that lives on in another, on one connection of its client. */
@Timeout(600)
final class LinuxGuestTakeoverTest {
  @TempDir Path folder;
  private final Semaphore notices = new Semaphore(0);
  private final InputFrameLog log = new InputFrameLog(1 << 20);
  private final HeldFrames unreleased = new HeldFrames(1 << 20);
  private Namespace namespace;
  private LinuxGuest primary;
  private LinuxGuest backup;
  private SideTap side;

  private final GuestNetwork.Listener listener =
      new GuestNetwork.Listener() {
        private long sequence;

        @Override
        public void onOutputHeld() {
          notices.release();
        }

        @Override
        public void onInput(int nic, DirectBuffer buffer, int offset, int length) {
          synchronized (log) {
            log.mirrored(++sequence, nic, buffer, offset, length);
          }
        }
      };

  @BeforeEach
  void boot() throws Exception {
    CountingGuest.assumeQemu();
    Namespace.assumePossible();
    namespace = new Namespace();
    LinuxGuest.makeBridge(namespace);
    primary = LinuxGuest.boot(namespace, folder, "p");
    backup = LinuxGuest.waiting(namespace, folder, "b");
  }

  @AfterEach
  void end() throws Exception {
    if (side != null) {
      side.close();
    }
    if (primary != null) {
      primary.close();
    }
    if (backup != null) {
      backup.close();
    }
    if (namespace != null) {
      namespace.close();
    }
  }

  @Test
  void shouldAnswerTheReplayedRequestOfTheSameConnection() throws Exception {
    FrameInjector injector =
        FrameInjector.open(
            backup.qmp(), backup.nics(), backup.folder, LinuxGuest.TIMEOUT_NS); // still waiting
    GuestClient client = new GuestClient(namespace).connect();
    client.ask("SET count 1");
    CompletableFuture<String> answer;
    ByteBuffer state;
    try (GuestNetwork network = attach(primary)) {
      network.gate().close();
      long position = network.mirrorPosition();
      state = copyOf(primary.capture().pause(LinuxGuest.TIMEOUT_NS));
      copyMemory();
      primary.capture().resume(LinuxGuest.TIMEOUT_NS);
      answer = client.askLater("INCR count");
      Await.until("the request was mirrored", () -> mirrored("INCR count"));
      synchronized (log) {
        log.committed(position);
      }
      assertThat(notices.tryAcquire(60, TimeUnit.SECONDS)).as("answered, but held").isTrue();
      network.gate().discard();
      primary.qemu().kill();
    }
    backup.loader().load(state, LinuxGuest.TIMEOUT_NS);
    int replayed = log.replayTo(injector); // before it runs: they reach it when it does
    assertThat(replayed).isPositive();
    try (GuestNetwork network = attach(backup)) {
      network.gate().close();
      notices.drainPermits();
      backup.loader().run(LinuxGuest.TIMEOUT_NS);
      // Its tap is not on the bridge: only the replay can have brought the request.
      Await.until("answered", () -> cutText(network).contains(":2\r\n"));
      injector.close();
      backup.connectTap();
      network.gate().open();
      assertThat(answer.get(60, TimeUnit.SECONDS)).isEqualTo("2");
      assertThat(client.ask("INCR count")).as("the same connection").isEqualTo("3");
      Await.until("filters are gone", () -> !network.isAttached());
      assertThat(client.ask("INCR count")).isEqualTo("4");
    }
    client.close();
  }

  @Test
  void shouldSendCommittedFramesThatTheDeadPrimaryHadNotReleased() throws Exception {
    side = namespace.call(() -> SideTap.open("br0", "side0", 0, LinuxGuest.MAC));
    GuestClient client = new GuestClient(namespace).connect();
    client.ask("SET count 1");
    try (GuestNetwork network = attach(primary)) {
      network.gate().close();
      CompletableFuture<String> answer = client.askLater("INCR count");
      long[] epoch = {0};
      Await.until(
          "the answer is in a checkpoint",
          () -> {
            FrameCut cut = network.cutFrames();
            unreleased.commit(++epoch[0], cut.buffer(), 0, cut.length());
            network.gate().cut(epoch[0]);
            boolean found = text(cut.buffer(), 0, cut.length()).contains(":2\r\n");
            cut.release();
            return found;
          });
      primary.qemu().kill();
      assertThat(answer).isNotDone();
      assertThat(unreleased.sendTo(List.of(side))).isPositive();
      assertThat(answer.get(60, TimeUnit.SECONDS)).isEqualTo("2");
      // What the client sends next is for nobody; the bridge floods it, and it is logged.
      side.dropWaiting();
      client.askLater("GET count");
      Await.until("logged", () -> side.poll(log::undecided) > 0 && mirrored("GET count"));
    }
    client.close();
  }

  private GuestNetwork attach(LinuxGuest guest) {
    return GuestNetwork.attach(
        guest.qmp(),
        guest.nics(),
        guest.folder,
        NetSettings.DEFAULT,
        listener,
        LinuxGuest.TIMEOUT_NS);
  }

  private String cutText(GuestNetwork network) {
    FrameCut cut = network.cutFrames();
    try {
      return text(cut.buffer(), 0, cut.length());
    } finally {
      cut.release();
    }
  }

  private boolean mirrored(String text) {
    synchronized (log) {
      boolean[] found = {false};
      log.forEach(
          (nic, buffer, offset, length) -> found[0] |= text(buffer, offset, length).contains(text));
      return found[0];
    }
  }

  private static ByteBuffer copyOf(ByteBuffer state) {
    return ByteBuffer.allocate(state.remaining()).put(state).flip();
  }

  private void copyMemory() throws Exception {
    try (FileChannel from = FileChannel.open(primary.memoryFile(), StandardOpenOption.READ);
        FileChannel to = FileChannel.open(backup.memoryFile(), StandardOpenOption.WRITE)) {
      for (long at = 0; at < from.size(); ) {
        at += from.transferTo(at, from.size() - at, to.position(at));
      }
    }
  }

  private static String text(DirectBuffer buffer, int offset, int length) {
    byte[] bytes = new byte[length];
    buffer.getBytes(offset, bytes);
    return new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1);
  }
}
