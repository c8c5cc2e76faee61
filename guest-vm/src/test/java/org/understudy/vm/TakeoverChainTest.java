package org.understudy.vm;

import static org.assertj.core.api.Assertions.assertThat;

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
import org.understudy.host.FileExtents;
import org.understudy.vm.device.StateDecoder;
import org.understudy.vm.device.StateEncoder;
import org.understudy.vm.device.StateLoader;
import org.understudy.vm.track.OutsideTracking;

/** One guest lives on in one QEMU after the other, each killed; its memory is known from scans. */
@Timeout(600)
final class TakeoverChainTest {
  private static final long TIMEOUT_NS = CountingGuest.TIMEOUT_NS;
  private static final int TAKEOVERS = 8;
  private static final int EPOCHS = 4;
  private static final int PAGE_BYTES = 4096;

  @TempDir Path folder;
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();
  private ByteBuffer state;

  @BeforeEach
  void needQemu() {
    CountingGuest.assumeQemu();
  }

  @Test
  void shouldCountOnWithoutGapOrRepeatThroughManyTakeovers() throws Exception {
    long[] takeoverUs = new long[TAKEOVERS];
    try (Arena arena = Arena.ofShared()) {
      MemorySegment image = arena.allocate(CountingGuest.MEMORY_BYTES);
      GuestRig primary = GuestRig.running(folder, "guest-0");
      try {
        for (int i = 0; i < TAKEOVERS; i++) {
          GuestRig backup = GuestRig.waiting(folder, "guest-" + (i + 1), image);
          try (GuestRig dying = primary) {
            protect(dying, image);
            dying.qemu().kill();
          } finally {
            primary = backup;
          }
          takeoverUs[i] = takeOver(backup, image);
        }
        primary.awaitCounts(100);
        primary.qemu().kill();
        said.write(Files.readAllBytes(primary.says));
      } finally {
        primary.close();
      }
    }
    Arrays.sort(takeoverUs);
    System.out.printf(
        "state loaded and guest running: us p50 %d max %d%n",
        takeoverUs[TAKEOVERS / 2], takeoverUs[TAKEOVERS - 1]);
    int[] counts = CountingGuest.said(said.toByteArray());
    assertThat(counts).hasSizeGreaterThan(TAKEOVERS * 100);
    for (int i = 0; i < counts.length; i++) {
      assertThat(counts[i]).as("neither gap nor repeat").isEqualTo(i + 1);
    }
  }

  /** Some epochs; what the guest does after the last is lost, and is not in what it said. */
  private void protect(GuestRig rig, MemorySegment image) throws Exception {
    StateEncoder encoder = new StateEncoder();
    StateDecoder decoder = new StateDecoder();
    MemorySegment memory = rig.map();
    try (OutsideTracking tracking =
        OutsideTracking.start(
            rig.qemu().pid(),
            rig.memory.path(),
            CountingGuest.MEMORY_BYTES,
            new FileExtents(rig.memory.fd(), "memory"),
            TIMEOUT_NS)) {
      byte[] saidHere = new byte[0];
      for (int epoch = 0; epoch < EPOCHS; epoch++) {
        rig.awaitCounts(50);
        state = decoder.decode(encoder.encode(rig.capture().pause(TIMEOUT_NS)));
        tracking.scan((first, end) -> {
          long offset = (long) first * PAGE_BYTES;
          MemorySegment.copy(memory, offset, image, offset, (long) (end - first) * PAGE_BYTES);
        });
        saidHere = Files.readAllBytes(rig.says);
        rig.capture().resume(TIMEOUT_NS);
      }
      rig.awaitCounts(50);
      said.write(saidHere);
    }
  }

  private long takeOver(GuestRig rig, MemorySegment image) throws Exception {
    rig.write(image); // under the waiting QEMU, which must not have looked at its memory yet
    StateLoader loader = rig.loader();
    long startNs = System.nanoTime();
    loader.load(state, TIMEOUT_NS);
    loader.run(TIMEOUT_NS);
    return (System.nanoTime() - startNs) / 1000;
  }
}
