package org.understudy.vm.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.agrona.DirectBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.understudy.vm.Await;
import org.understudy.vm.qemu.VmNic;

/** The network of a guest whose QEMU is played by the test. */
@Timeout(120)
final class GuestNetworkTest {
  private static final int FLOOD_BYTES = 200 << 20;
  private static final NetSettings SETTINGS = new NetSettings(4 << 20, 0, 0);

  @TempDir Path folder;
  private final AtomicInteger notices = new AtomicInteger();
  private final List<String> lost = new CopyOnWriteArrayList<>();
  private final List<String> inputs = new CopyOnWriteArrayList<>();
  private final List<String> diverted = new CopyOnWriteArrayList<>();
  private FilterQemu qemu;
  private GuestNetwork network;

  private final GuestNetwork.Listener listener =
      new GuestNetwork.Listener() {
        @Override
        public void onOutputHeld() {
          notices.incrementAndGet();
        }

        @Override
        public void onInput(int nic, DirectBuffer buffer, int offset, int length) {
          inputs.add(nic + ":" + length);
        }

        @Override
        public void onInputDiverted(int nic, DirectBuffer buffer, int offset, int length) {
          diverted.add(nic + ":" + length);
        }

        @Override
        public void onLost(int nic, String why) {
          lost.add(nic + ": " + why);
        }
      };

  @BeforeEach
  void attach() throws Exception {
    qemu = new FilterQemu(folder);
    network = attachTo(qemu);
  }

  private GuestNetwork attachTo(FilterQemu target) {
    return GuestNetwork.attach(
        target.qmp,
        List.of(new VmNic("n0", "52:54:00:00:00:01"), new VmNic("n1", "52:54:00:00:00:02")),
        folder,
        SETTINGS,
        listener,
        FilterQemu.TIMEOUT_NS);
  }

  @AfterEach
  void close() throws Exception {
    network.close();
    qemu.close();
  }

  @Test
  void shouldPassFramesBackToTheirInterface() throws Exception {
    qemu.guestSends(0, frame(1, 100));
    qemu.guestSends(1, frame(2, Frames.MAX_FRAME_BYTES));
    assertThat(qemu.atTap(0)).isEqualTo(frame(1, 100));
    assertThat(qemu.atTap(1)).isEqualTo(frame(2, Frames.MAX_FRAME_BYTES));
    assertThat(notices).hasValue(0);
    assertThat(network.heldBytes()).isZero();
    assertThat(Files.list(folder).map(path -> path.getFileName().toString()))
        .as("socket files are gone")
        .containsExactly("qmp");
  }

  @Test
  void shouldLetFramesOutWithTheirEpochAndNotBefore() throws Exception {
    network.gate().close();
    qemu.guestSends(0, frame(1, 100));
    FrameCut first = cut(1, 1);
    qemu.guestSends(1, frame(2, 200));
    qemu.guestSends(0, frame(3, 300));
    FrameCut second = cut(2, 3);
    assertThat(records(first)).containsExactly("0:100:1");
    assertThat(records(second)).containsExactly("1:200:2", "0:300:3");
    network.gate().release(1);
    assertThat(qemu.atTap(0)).isEqualTo(frame(1, 100));
    assertThat(network.heldBytes()).isEqualTo(second.length());
    assertThat(records(first)).as("unchanged").containsExactly("0:100:1");
    network.gate().release(2);
    assertThat(qemu.atTap(1)).isEqualTo(frame(2, 200));
    assertThat(qemu.atTap(0)).isEqualTo(frame(3, 300));
    assertThat(network.heldBytes()).isZero();
    first.release();
    second.release();
  }

  @Test
  void shouldTellOfTheFirstFrameSinceTheLastCut() throws Exception {
    network.gate().close();
    qemu.guestSends(0, frame(1, 100));
    Await.until("told", () -> notices.get() == 1);
    qemu.guestSends(0, frame(2, 100));
    Await.until("held", () -> network.counts().frames() == 2);
    cut(1, 2).release();
    assertThat(notices).hasValue(1);
    qemu.guestSends(0, frame(3, 100));
    Await.until("told again", () -> notices.get() == 2);
  }

  @Test
  void shouldReadAllThatWasSentBeforeThePause() throws Exception {
    network.gate().close();
    for (int i = 0; i < 1000; i++) {
      qemu.guestSends(i % 2, frame(i, 60));
    }
    network.drain(); // whatever its thread has read by now
    FrameCut cut = network.cutFrames();
    network.gate().cut(1);
    assertThat(records(cut)).hasSize(1000);
    cut.release();
  }

  @Test
  void shouldLetGoWhatAnEarlierProtectionHeld() throws Exception {
    network.gate().close();
    qemu.guestSends(0, frame(1, 100));
    cut(1, 1).release();
    qemu.guestSends(0, frame(2, 100));
    Await.until("held", () -> network.counts().frames() == 2);
    network.gate().close(); // epoch 0 of the next
    assertThat(qemu.atTap(0)).isEqualTo(frame(1, 100));
    assertThat(qemu.atTap(0)).isEqualTo(frame(2, 100));
    qemu.guestSends(0, frame(3, 100));
    Await.until("held", () -> network.heldBytes() == 108);
  }

  @Test
  void shouldLeakNothingOnceDiscarded() throws Exception {
    network.gate().close();
    qemu.guestSends(0, frame(1, 100));
    FrameCut lent = cut(1, 1);
    qemu.guestSends(0, frame(2, 100));
    Await.until("held", () -> network.counts().frames() == 2);
    network.gate().discard();
    assertThat(records(lent)).as("still there for its reader").containsExactly("0:100:1");
    lent.release();
    network.gate().release(1);
    network.gate().open();
    network.gate().close();
    for (int sent = 0; sent < FLOOD_BYTES; sent += Frames.MAX_FRAME_BYTES) {
      qemu.guestSends(0, frame(3, Frames.MAX_FRAME_BYTES));
    }
    SocketChannel in = qemu.sockets.get("us-in-n0");
    in.configureBlocking(false);
    assertThat(in.read(ByteBuffer.allocate(1))).isZero();
    assertThat(network.heldBytes()).isZero();
    assertThatThrownBy(network::ensureAttached).hasMessageContaining("discarded");
  }

  @Test
  void shouldDropFramesAboveTheBoundAndNeverStopQemu() throws Exception {
    network.gate().close();
    int frames = FLOOD_BYTES / Frames.MAX_FRAME_BYTES;
    for (int i = 0; i < frames; i++) {
      qemu.guestSends(0, frame(i, Frames.MAX_FRAME_BYTES));
      qemu.guestReceives(1, frame(i, 1000));
    }
    FrameCut cut = cut(1, frames);
    assertThat(network.heldBytes()).isLessThanOrEqualTo(SETTINGS.heldLimitBytes());
    assertThat(network.usedPercent()).isBetween(95, 100);
    int kept = records(cut).size();
    assertThat(network.counts().droppedFrames()).isEqualTo(frames - kept);
    Await.until("mirrored", () -> network.mirrorPosition() == frames);
    network.gate().release(1);
    for (int i = 0; i < kept; i++) {
      assertThat(qemu.atTap(0)).isEqualTo(frame(i, Frames.MAX_FRAME_BYTES));
    }
    cut.release();
  }

  @Test
  void shouldGoOnReadingWhileQemuTakesNothingBack() throws Exception {
    int frames = FLOOD_BYTES / Frames.MAX_FRAME_BYTES;
    for (int i = 0; i < frames; i++) {
      qemu.guestSends(0, frame(i, Frames.MAX_FRAME_BYTES));
    }
    Await.until("all read", () -> network.counts().frames() == frames);
    int left = frames - (int) network.counts().droppedFrames();
    assertThat(left).isBetween(SETTINGS.heldLimitBytes() / Frames.MAX_FRAME_BYTES - 1, frames - 1);
    for (int i = 0; i < left; i++) {
      assertThat(qemu.atTap(0)).isEqualTo(frame(i, Frames.MAX_FRAME_BYTES));
    }
    Await.until("nothing is left", () -> network.heldBytes() == 0);
    qemu.guestSends(0, frame(-1, 77));
    assertThat(qemu.atTap(0)).isEqualTo(frame(-1, 77));
  }

  @Test
  void shouldRemoveTheFiltersAfterAllHasLeft() throws Exception {
    network.gate().close();
    qemu.guestSends(0, frame(1, 100));
    cut(1, 1).release();
    qemu.guestSends(0, frame(2, 100));
    Await.until("held", () -> network.counts().frames() == 2);
    qemu.commands.clear();
    SocketChannel in0 = qemu.sockets.get("us-in-n0");
    SocketChannel in1 = qemu.sockets.get("us-in-n1");
    network.gate().open();
    assertThat(FilterQemu.read(in0)).isEqualTo(frame(1, 100));
    assertThat(FilterQemu.read(in0)).isEqualTo(frame(2, 100));
    assertThat(FilterQemu.read(in0)).as("the end").isNull();
    assertThat(FilterQemu.read(in1)).as("the end").isNull();
    assertThat(qemu.commands).as("off, but still there").contains("qom-set /objects/us-hold-n0");
    assertThat(qemu.commands).doesNotContain("object-del us-hold-n0");
    in0.close();
    in1.close();
    Await.until("removed", () -> !network.isAttached());
    assertThat(qemu.commands)
        .contains("object-del us-hold-n0", "object-del us-mirror-n1", "chardev-remove us-in-n1");
    assertThat(lost).as("QEMU closes their sockets because it was asked to").isEmpty();
    assertThatThrownBy(() -> network.gate().close()).hasMessageContaining("cannot be held");
    network.ensureAttached();
    network.gate().close();
    qemu.guestSends(1, frame(3, 100));
    assertThat(records(cut(1, 3))).containsExactly("1:100:3");
  }

  @Test
  void shouldStayAttachedWhenProtectedAgainBeforeTheFiltersAreRemoved() throws Exception {
    network.close();
    network =
        GuestNetwork.attach(
            qemu.qmp,
            List.of(new VmNic("n0", "52:54:00:00:00:01")),
            folder,
            new NetSettings(4 << 20, TimeUnit.HOURS.toNanos(1), TimeUnit.HOURS.toNanos(1)),
            listener,
            FilterQemu.TIMEOUT_NS);
    network.gate().close();
    network.gate().open(); // no moment is quiet enough for it
    assertThatThrownBy(() -> network.gate().close()).isInstanceOf(NetException.class);
    network.ensureAttached();
    network.gate().close();
    qemu.guestSends(0, frame(1, 100));
    assertThat(records(cut(1, 1))).containsExactly("0:100:1");
    assertThat(qemu.commands).doesNotContain("qom-set /objects/us-hold-n0");
  }

  @Test
  void shouldGiveUpAnInterfaceWhoseFramesCannotBe() throws Exception {
    SocketChannel out = qemu.sockets.get("us-out-n0");
    out.write(ByteBuffer.allocate(4).putInt(Frames.MAX_FRAME_BYTES + 1).flip());
    Await.until("told", () -> lost.size() == 1);
    assertThat(lost.get(0)).startsWith("0: ").contains("69633 bytes cannot come from QEMU");
    qemu.guestSends(1, frame(1, 100));
    assertThat(qemu.atTap(1)).as("the other goes on").isEqualTo(frame(1, 100));
    assertThat(FilterQemu.read(qemu.sockets.get("us-in-n0"))).as("closed").isNull();
    network.ensureAttached();
    network.gate().close();
    qemu.guestSends(0, frame(2, 100));
    assertThat(records(cut(1, 2))).as("put in anew").containsExactly("0:100:2");
  }

  /** The end of QEMU follows: no interface is lost that anybody still needs. */
  @Test
  void shouldSayNothingOfInterfacesThatEndOnceDiscarded() throws Exception {
    network.gate().discard();
    endInterface("n0");
    endInterface("n1");
    // The second was seen in a later round, so that whatever is said of the first was said.
    assertThat(lost).noneMatch(text -> text.startsWith("0: "));
  }

  private void endInterface(String nic) throws Exception {
    qemu.sockets.get("us-out-" + nic).close();
    SocketChannel in = qemu.sockets.get("us-in-" + nic);
    in.configureBlocking(false);
    Await.until(nic + " is seen to end", () -> in.read(ByteBuffer.allocate(1)) < 0);
  }

  @Test
  void shouldGiveUpAnInterfaceWhenQemuEndsWithinAFrame() throws Exception {
    network.gate().close();
    qemu.guestSends(0, frame(1, 100));
    SocketChannel out = qemu.sockets.get("us-out-n0");
    out.write(ByteBuffer.allocate(10).putInt(100).position(0));
    out.close();
    Await.until("told", () -> lost.size() == 1);
    assertThat(lost.get(0)).contains("closed the socket of the guest's output");
    FrameCut cut = cut(1, 1);
    assertThat(records(cut)).as("whole frames only").containsExactly("0:100:1");
    network.gate().release(1);
    assertThat(network.heldBytes()).isZero();
    assertThat(network.counts().droppedFrames()).isEqualTo(1);
  }

  @Test
  void shouldCloseWhateverIsUnderWay() throws Exception {
    for (int i = 0; i < 50; i++) {
      CompletableFuture<Void> flood = CompletableFuture.runAsync(this::floodUntilClosed);
      long some = network.counts().frames() + 20;
      Await.until("frames come", () -> network.counts().frames() >= some);
      network.close();
      flood.get(30, TimeUnit.SECONDS);
      network = attachTo(qemu);
    }
  }

  private void floodUntilClosed() {
    try {
      while (true) {
        qemu.guestSends(0, frame(1, 1500));
        qemu.guestReceives(1, frame(1, 1500));
      }
    } catch (java.io.IOException e) {
      // our ends are closed
    }
  }

  @Test
  void shouldLeaveNothingInQemuWhenItRefuses() throws Exception {
    Path other = Files.createDirectory(folder.resolve("other"));
    try (FilterQemu refusing = new FilterQemu(other)) {
      refusing.refused = "object-add us-hold-n1";
      assertThatThrownBy(() -> attachTo(refusing))
          .isInstanceOf(NetException.class)
          .hasMessageContaining("[net-n0, net-n1]");
      assertThat(refusing.commands).contains("object-del us-hold-n0");
      assertThat(refusing.sockets).isEmpty();
    }
  }

  @Test
  void shouldGiveFramesToTheGuestAndRemoveItsFilterAfterwards() throws Exception {
    List<VmNic> nics = List.of(new VmNic("n0", "52:54:00:00:00:01"));
    FrameInjector injector = FrameInjector.open(qemu.qmp, nics, folder, FilterQemu.TIMEOUT_NS);
    SocketChannel guest = qemu.sockets.get("us-replay-n0");
    int frames = FLOOD_BYTES / 10 / Frames.MAX_FRAME_BYTES;
    CompletableFuture<Integer> taken =
        CompletableFuture.supplyAsync(() -> {
          try {
            int count = 0;
            for (byte[] next = FilterQemu.read(guest); next != null; count++) {
              assertThat(next).isEqualTo(frame(count, Frames.MAX_FRAME_BYTES));
              next = FilterQemu.read(guest);
            }
            guest.close();
            return count;
          } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        });
    DirectBuffer buffer = new org.agrona.concurrent.UnsafeBuffer(new byte[0]);
    for (int i = 0; i < frames; i++) {
      buffer.wrap(frame(i, Frames.MAX_FRAME_BYTES));
      assertThat(injector.inject(0, buffer, 0, Frames.MAX_FRAME_BYTES)).isTrue();
    }
    assertThat(injector.inject(1, buffer, 0, 100)).isFalse();
    assertThat(injector.inject(0, buffer, 0, 0)).isFalse();
    injector.close();
    assertThat(taken.get(30, TimeUnit.SECONDS)).isEqualTo(frames);
    assertThat(qemu.commands).endsWith("object-del us-inject-n0", "chardev-remove us-replay-n0");
    assertThat(injector.inject(0, buffer, 0, 100)).as("closed").isFalse();
  }

  @Test
  void shouldTakeInputAwayAndGiveItBackWhenTheGuestStays() throws Exception {
    qemu.guestReceives(0, frame(1, 100));
    qemu.guestReceives(1, frame(1, 150));
    assertThat(network.divertInput()).as("all that passed before").isEqualTo(2);
    FilterQemu.write(qemu.sockets.get("us-away-n0"), frame(2, 200));
    FilterQemu.write(qemu.sockets.get("us-away-n1"), frame(3, 300));
    Await.until("diverted", () -> diverted.size() == 2);
    FilterQemu.write(qemu.sockets.get("us-away-n0"), frame(4, 400));
    CompletableFuture<Void> given = CompletableFuture.runAsync(network::giveInputBack);
    assertThat(given(0)).containsExactly(frame(2, 200), frame(4, 400));
    assertThat(given(1)).containsExactly(frame(3, 300));
    given.get(30, TimeUnit.SECONDS);
    assertThat(inputs).containsExactlyInAnyOrder("0:100", "1:150");
    assertThat(diverted).containsExactlyInAnyOrder("0:200", "1:300", "0:400");
    assertThat(network.mirrorPosition()).isEqualTo(5);
    assertThat(qemu.commands)
        .containsSubsequence("qom-set /objects/us-divert-n0", "object-add us-inject-n0")
        .endsWith("object-del us-divert-n1", "chardev-remove us-away-n1");
  }

  /** What is given to the guest, up to the end; then QEMU closes too. */
  private List<byte[]> given(int nic) throws Exception {
    String id = "us-replay-n" + nic;
    Await.until("connected", () -> qemu.sockets.containsKey(id));
    SocketChannel guest = qemu.sockets.get(id);
    List<byte[]> frames = new ArrayList<>();
    for (byte[] next = FilterQemu.read(guest); next != null; next = FilterQemu.read(guest)) {
      frames.add(next);
    }
    guest.close();
    return frames;
  }

  private FrameCut cut(long epoch, long framesSoFar) throws Exception {
    Await.until("read", () -> network.counts().frames() == framesSoFar);
    FrameCut cut = network.cutFrames();
    network.gate().cut(epoch);
    return cut;
  }

  /** As nic:length:first byte. */
  private static List<String> records(FrameCut cut) {
    List<String> records = new ArrayList<>();
    FrameRecords.forEach(
        cut.buffer(),
        0,
        cut.length(),
        (nic, buffer, offset, length) ->
            records.add(nic + ":" + length + ":" + buffer.getByte(offset)));
    return records;
  }

  private static byte[] frame(int number, int length) {
    byte[] frame = new byte[length];
    java.util.Arrays.fill(frame, (byte) number);
    return frame;
  }
}
