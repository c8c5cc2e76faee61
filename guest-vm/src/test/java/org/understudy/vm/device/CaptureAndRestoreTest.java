package org.understudy.vm.device;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.understudy.vm.CountingGuest;
import org.understudy.vm.GuestRig;
import org.understudy.vm.qmp.QmpRequests.QueryStatus;

/** A real guest, captured while it runs and continued in a second QEMU. */
@Timeout(600)
final class CaptureAndRestoreTest {
  private static final long TIMEOUT_NS = CountingGuest.TIMEOUT_NS;
  private static final int EPOCHS = 50;

  @TempDir Path folder;

  @BeforeEach
  void needQemu() {
    CountingGuest.assumeQemu();
  }

  @Test
  void shouldGoOnFromTheCapturedInstantInAnotherQemu() throws Exception {
    StateEncoder encoder = new StateEncoder();
    StateDecoder decoder = new StateDecoder();
    try (Arena arena = Arena.ofShared()) {
      MemorySegment image = arena.allocate(CountingGuest.MEMORY_BYTES);
      ByteBuffer state;
      byte[] saidBefore;
      try (GuestRig first = GuestRig.running(folder, "first")) {
        first.awaitCounts(100);
        DeviceCapture capture = first.capture();
        decoder.decode(encoder.encode(capture.pause(TIMEOUT_NS)));
        capture.resume(TIMEOUT_NS);
        first.awaitCounts(100);
        state = decoder.decode(encoder.encode(capture.pause(TIMEOUT_NS)));
        image.copyFrom(first.map());
        saidBefore = Files.readAllBytes(first.says);
        capture.resume(TIMEOUT_NS);
        first.awaitCounts(100); // what comes after the capture is lost with the first QEMU
        first.qemu().kill();
      }
      int counter = image.get(JAVA_INT, CountingGuest.COUNTER_ADDRESS);
      try (GuestRig second = GuestRig.waiting(folder, "second", image)) {
        StateLoader loader = second.loader();
        long startNs = System.nanoTime();
        loader.load(state, TIMEOUT_NS);
        assertThat(second.qemu().qmp().execute(new QueryStatus(), TIMEOUT_NS).status())
            .as("loaded, and not yet running")
            .isEqualTo("paused");
        loader.run(TIMEOUT_NS);
        System.out.printf(
            "state loaded and guest running in %d us%n", (System.nanoTime() - startNs) / 1000);
        second.awaitCounts(100);
        second.qemu().kill();
        assertOneSequence(saidBefore, Files.readAllBytes(second.says), counter);
      }
    }
  }

  private static void assertOneSequence(byte[] before, byte[] after, int counter) throws Exception {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.write(before);
    all.write(after);
    int[] counts = CountingGuest.said(all.toByteArray());
    for (int i = 0; i < counts.length; i++) {
      assertThat(counts[i]).as("neither gap nor repeat, captured at %d", counter).isEqualTo(i + 1);
    }
    assertThat(counter - CountingGuest.said(before).length).isBetween(0, 1);
  }

  @Test
  void shouldShipConstantPartsOnceAndRebuildEachState() throws Exception {
    StateEncoder encoder = new StateEncoder();
    StateDecoder decoder = new StateDecoder();
    long[] pauseUs = new long[EPOCHS];
    try (GuestRig rig = GuestRig.running(folder, "guest")) {
      rig.awaitCounts(10);
      int stateBytes = 0;
      int firstBytes = 0;
      int lastBytes = 0;
      for (int epoch = 0; epoch < EPOCHS; epoch++) {
        ByteBuffer state = rig.capture().pause(TIMEOUT_NS);
        ByteBuffer encoded = encoder.encode(state);
        assertThat(decoder.decode(encoded)).isEqualTo(state);
        stateBytes = state.remaining();
        firstBytes = epoch == 0 ? encoded.remaining() : firstBytes;
        lastBytes = encoded.remaining();
        rig.capture().resume(TIMEOUT_NS);
        DeviceCapture.PauseParts parts = rig.capture().pauseParts();
        assertThat(parts.stateNs()).isPositive();
        assertThat(parts.resumeNs()).isPositive();
        pauseUs[epoch] = (parts.stateNs() + parts.resumeNs()) / 1000;
        rig.awaitCounts(2);
      }
      Arrays.sort(pauseUs);
      System.out.printf(
          "state %d bytes, shipped first %d, then %d; pause us p50 %d p90 %d max %d%n",
          stateBytes,
          firstBytes,
          lastBytes,
          pauseUs[EPOCHS / 2],
          pauseUs[EPOCHS * 9 / 10],
          pauseUs[EPOCHS - 1]);
      assertThat(lastBytes).isLessThan(stateBytes / 4);
    }
  }

  @Test
  void shouldDescribeTheState() throws Exception {
    try (GuestRig rig = GuestRig.running(folder, "guest")) {
      StateLayout layout = StateParser.parse(rig.capture().pause(TIMEOUT_NS), (b, o, p) -> {});
      assertThat(layout.machine()).startsWith("pc-i440fx-");
      assertThat(layout.capabilities()).containsExactly("x-ignore-shared");
      assertThat(layout.blocks())
          .contains(new RamBlock("pc.ram", CountingGuest.MEMORY_BYTES, 0))
          .anyMatch(block -> block.name().equals("pc.bios"));
    }
  }

  @Test
  void shouldFailAndLetTheGuestRunWhenTheStateDoesNotComeInTime() throws Exception {
    try (GuestRig rig = GuestRig.running(folder, "guest")) {
      rig.capture();
      for (int i = 0; i < 10; i++) {
        assertThatThrownBy(() -> rig.capture().pause(1)).isInstanceOf(RuntimeException.class);
        rig.awaitCounts(10);
      }
      rig.capture().pause(TIMEOUT_NS);
      rig.capture().resume(TIMEOUT_NS);
      rig.awaitCounts(10);
    }
  }

  @Test
  void shouldSayThatAQemuDoesNotTakeTheState() throws Exception {
    try (GuestRig first = GuestRig.running(folder, "first")) {
      ByteBuffer state = first.capture().pause(TIMEOUT_NS);
      byte[] torn = new byte[state.remaining() / 2];
      state.get(torn);
      try (GuestRig second = GuestRig.waiting(folder, "second", first.map())) {
        StateLoader loader = second.loader();
        assertThatThrownBy(() -> loader.load(ByteBuffer.wrap(torn), TIMEOUT_NS))
            .isInstanceOf(CaptureException.class);
      }
    }
  }
}
