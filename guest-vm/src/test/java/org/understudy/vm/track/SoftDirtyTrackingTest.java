package org.understudy.vm.track;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.understudy.checkpoint.track.PageScan;
import org.understudy.checkpoint.track.TrackerKind;
import org.understudy.checkpoint.track.TrackerProbe;
import org.understudy.vm.CountingGuest;
import org.understudy.vm.GuestRig;
import org.understudy.vm.track.ProcessMaps.Mapping;

/** Soft-dirty marks of a real QEMU, as far as this host's kernel has any. */
@Timeout(300)
final class SoftDirtyTrackingTest {
  private static final long TIMEOUT_NS = CountingGuest.TIMEOUT_NS;
  private static final int PAGE_BYTES = 4096;
  private static final int EPOCHS = 20;
  private static final Mapping RAM =
      new Mapping(0x7f0000000000L, 0x7f0002000000L, true, 0, "00:1b", 42, "/dev/shm/guest");

  @TempDir Path folder;

  /** Exact with the marks; without them at least nothing of it disturbs the guest. */
  @Test
  void shouldFollowARealQemu() throws Exception {
    CountingGuest.assumeQemu();
    boolean hasMarks = TrackerProbe.probe(TrackerKind.SOFT_DIRTY).available();
    try (GuestRig rig = GuestRig.running(folder, "guest");
        Arena arena = Arena.ofShared();
        PageScan scan =
            SoftDirtyTracking.start(
                rig.qemu().pid(), rig.memory.path(), CountingGuest.MEMORY_BYTES)) {
      MemorySegment memory = rig.map();
      MemorySegment image = arena.allocate(CountingGuest.MEMORY_BYTES);
      for (int epoch = 0; epoch < EPOCHS; epoch++) {
        rig.capture().pause(TIMEOUT_NS);
        if (epoch == 0) {
          scan.arm();
          image.copyFrom(memory);
        }
        int[] pages = new int[1];
        scan.scanPaused((first, end) -> {
          long offset = (long) first * PAGE_BYTES;
          pages[0] += end - first;
          MemorySegment.copy(memory, offset, image, offset, (long) (end - first) * PAGE_BYTES);
        });
        if (hasMarks) {
          assertThat(memory.mismatch(image)).as("byte that differs, epoch %d", epoch).isEqualTo(-1);
        } else if (epoch > 1) {
          assertThat(pages[0]).as("no marks, none reported").isZero();
        }
        rig.capture().resume(TIMEOUT_NS);
        rig.awaitCounts(5);
      }
    }
  }

  @Test
  void shouldRefuseMemoryOfHugePages() {
    List<String> before =
        List.of(
            "7e0000000000-7e0002000000 rw-p 00000000 00:00 0 ",
            "Size:              32768 kB",
            "THPeligible:           1",
            "VmFlags: rd wr");
    List<String> small = lines(before, "THPeligible:           0");
    assertThatCode(() -> SoftDirtyTracking.requireSmallPages(RAM, small))
        .doesNotThrowAnyException();
    assertThatThrownBy(() ->
            SoftDirtyTracking.requireSmallPages(RAM, lines(before, "THPeligible:           1")))
        .isInstanceOf(TrackingException.class)
        .hasMessageContaining("huge pages of /dev/shm/guest");
  }

  @Test
  void shouldRefuseMemoryOfWhichNothingIsSaid() {
    List<String> silent = lines(List.of(), "Rss:   4 kB");
    List<String> after =
        lines(
            List.of(),
            "Rss:   4 kB",
            "7f0002000000-7f0002001000 rw-p 00000000 00:00 0 ",
            "THPeligible:           0");
    for (List<String> smaps : List.of(List.<String>of(), silent, after, List.of("", " ", ":"))) {
      assertThatThrownBy(() -> SoftDirtyTracking.requireSmallPages(RAM, smaps))
          .isInstanceOf(TrackingException.class)
          .hasMessageContaining("does not say");
    }
  }

  private static List<String> lines(List<String> before, String... more) {
    List<String> all = new java.util.ArrayList<>(before);
    all.add("7f0000000000-7f0002000000 rw-s 00000000 00:1b 42      /dev/shm/guest");
    all.addAll(List.of(more));
    return all;
  }
}
