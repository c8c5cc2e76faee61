package org.understudy.checkpoint.track;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.understudy.checkpoint.memory.MappedGuestMemory;
import org.understudy.checkpoint.memory.RegionLayout;
import org.understudy.host.FileExtents;
import org.understudy.host.LinuxCalls;

/** Memory in a file, mostly holes. Replay a failure with {@code -Dtracker.seed=SEED}. */
class MappingScanTest {
  private static final long PAGE = 4096;
  private static final long BLOCK = TouchedBlocks.BLOCK_BYTES;

  /** The last block is not whole. */
  private static final long BYTES = 64 * BLOCK + 16 * PAGE;

  private static final int KEEP_SIZE_PUNCH_HOLE = 1 | 2;

  private final long seed = Long.getLong("tracker.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private MappedGuestMemory memory;
  private AsyncWriteProtection protection;
  private MappingScan scan;

  @BeforeEach
  void map() {
    HostSupport.requirePagemapScan();
    System.out.println("MappingScanTest: -Dtracker.seed=" + seed);
    memory = MappedGuestMemory.memfd(RegionLayout.of("region", BYTES), "test");
    protection = new AsyncWriteProtection(memory.address(), BYTES);
    scan = MappingScan.of(0, memory.address(), BYTES, memory.extents());
  }

  @AfterEach
  void unmap() {
    if (memory != null) {
      scan.close();
      protection.close();
      memory.close();
    }
  }

  @Test
  void shouldReportThePagesThatExistFirstAndWrittenOnesThen() {
    write(3);
    write(5 * 1024 + 7);
    write(BYTES / PAGE - 1);
    assertThat(scanned()).containsExactly(3L, 5 * 1024 + 7L, BYTES / PAGE - 1);
    assertThat(scanned()).isEmpty();
    write(4); // in a block that is known
    write(2 * 1024); // and one that was a hole
    assertThat(scanned()).containsExactly(4L, 2 * 1024L);
    write(2 * 1024 + 1);
    assertThat(scanned()).containsExactly(2 * 1024 + 1L);
    assertThat(scanned()).isEmpty();
  }

  @Test
  void shouldStayExactWhenPagesAreWrittenAndReadAtRandom() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment image = arena.allocate(BYTES, PAGE);
      for (int epoch = 0; epoch < 18; epoch++) {
        touchAtRandom();
        List<Long> pages = scanned();
        assertThat(pages).isSorted().doesNotHaveDuplicates();
        pages.forEach(
            page -> MemorySegment.copy(memory.segment(), page * PAGE, image, page * PAGE, PAGE));
        assertThat(memory.segment().mismatch(image))
            .as("epoch %d, seed %d", epoch, seed)
            .isEqualTo(-1);
        if (epoch % 3 == 0) {
          startWithHoles(); // the comparison has touched everything
          image.fill((byte) 0);
        }
      }
    }
  }

  @Test
  void shouldMakeNoPageTablesForWhatNobodyTouched() throws IOException {
    write(0);
    scanned();
    long before = pageTableKib();
    scanned();
    scanned();
    assertThat(pageTableKib() - before)
        .as("KiB, of %d for all", BYTES / PAGE * 8 / 1024)
        .isLessThan(64);
  }

  @Test
  void shouldScanAllOfAFileThatDoesNotLieInMemory() {
    int file = LinuxCalls.open("/proc/self/status", 0, 0);
    FileExtents elsewhere = new FileExtents(file, "a file of another kind");
    try (MappingScan all = MappingScan.of(0, memory.address(), BYTES, elsewhere)) {
      List<Long> pages = new ArrayList<>();
      all.scan((first, end) -> pages.add((long) end - first));
      assertThat(pages).containsExactly(BYTES / PAGE);
      write(77);
      pages.clear();
      all.scan((first, end) -> pages.add((long) first));
      assertThat(pages).containsExactly(77L);
    } finally {
      LinuxCalls.close(file);
    }
  }

  private void startWithHoles() {
    scan.close();
    protection.close();
    assertThat(LinuxCalls.fallocate(memory.fd(), KEEP_SIZE_PUNCH_HOLE, 0, BYTES)).isZero();
    protection = new AsyncWriteProtection(memory.address(), BYTES);
    scan = MappingScan.of(0, memory.address(), BYTES, memory.extents());
  }

  private void touchAtRandom() {
    long near = random.nextLong(BYTES / PAGE - 1500);
    for (int i = random.nextInt(200); i > 0; i--) {
      long page =
          random.nextBoolean() ? near + random.nextInt(1500) : random.nextLong(BYTES / PAGE);
      if (random.nextInt(4) == 0) {
        assertThat(memory.segment().get(JAVA_BYTE, page * PAGE)).isNotNull();
      } else {
        write(page);
      }
    }
  }

  private void write(long page) {
    memory
        .segment()
        .set(JAVA_BYTE, page * PAGE + random.nextInt((int) PAGE), (byte) random.nextInt());
  }

  private List<Long> scanned() {
    List<Long> pages = new ArrayList<>();
    scan.scan((first, end) -> {
      for (long page = first; page < end; page++) {
        pages.add(page);
      }
    });
    return pages;
  }

  private static long pageTableKib() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmPTE:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .sum();
  }
}
