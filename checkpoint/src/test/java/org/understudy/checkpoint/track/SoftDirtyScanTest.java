package org.understudy.checkpoint.track;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What comes of page map entries, whatever they are and however they arrive. */
class SoftDirtyScanTest {
  private static final int PAGE = 4096;
  private static final long ADDRESS = 0x7f00_0000_0000L;
  private static final long DIRTY = 1L << 55;
  private static final long PRESENT = 1L << 63;
  private static final long SWAPPED = 1L << 62;

  /** Three reads and a bit. */
  private static final int MANY_PAGES = 3 * 8192 + 5;

  private final Marks marks = new Marks(MANY_PAGES);
  private final List<String> runs = new ArrayList<>();

  private static final class Marks implements SoftDirtyMarks {
    final long[] entries;
    long mostBytes = Long.MAX_VALUE;
    long endsAtByte = Long.MAX_VALUE;
    int cleared;
    boolean mayGetLost;

    Marks(int pages) {
      entries = new long[pages];
    }

    @Override
    public long read(long offset, MemorySegment into, long at, long lengthBytes) {
      long got = Math.min(Math.min(lengthBytes, mostBytes), endsAtByte - offset);
      for (long i = 0; i < got; i++) {
        long entry = entries[(int) ((offset + i) / Long.BYTES)];
        into.set(JAVA_BYTE, at + i, (byte) (entry >>> (offset + i) % Long.BYTES * Byte.SIZE));
      }
      return got;
    }

    @Override
    public void clear() {
      cleared++;
      for (int i = 0; i < entries.length; i++) {
        entries[i] &= ~DIRTY;
      }
    }

    @Override
    public boolean mayGetLost() {
      return mayGetLost;
    }

    @Override
    public void close() {}
  }

  private SoftDirtyScan scan() {
    return new SoftDirtyScan(marks, ADDRESS, (long) marks.entries.length * PAGE);
  }

  private List<String> report(SoftDirtyScan scan, boolean isPaused) {
    runs.clear();
    if (isPaused) {
      scan.scanPaused((first, end) -> runs.add(first + "-" + end));
    } else {
      scan.scan((first, end) -> runs.add(first + "-" + end));
    }
    return List.copyOf(runs);
  }

  private void write(int... pages) {
    for (int page : pages) {
      marks.entries[page] |= PRESENT | DIRTY;
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {Long.MAX_VALUE, 4099, 8, 3, 1})
  void shouldMergeRunsAcrossReadsOfAnyLength(long mostBytes) {
    marks.mostBytes = mostBytes;
    try (SoftDirtyScan scan = scan()) {
      scan.arm();
      write(0, 63, 64, 65, 8190, 8191, 8192, MANY_PAGES - 2, MANY_PAGES - 1);
      String end = (MANY_PAGES - 2) + "-" + MANY_PAGES;
      assertThat(report(scan, true)).containsExactly("0-1", "63-66", "8190-8193", end);
      assertThat(report(scan, true)).isEmpty();
    }
  }

  @Test
  void shouldIgnoreEverythingElseInAnEntry() {
    try (SoftDirtyScan scan = scan()) {
      marks.entries[1] = ~DIRTY;
      scan.arm();
      marks.entries[2] = ~DIRTY;
      marks.entries[3] = DIRTY;
      marks.entries[4] = SWAPPED | DIRTY;
      assertThat(report(scan, true)).containsExactly("3-5");
    }
  }

  @Test
  void shouldTakeMarksAwayOnlyWhileNothingWrites() {
    try (SoftDirtyScan scan = scan()) {
      scan.arm();
      write(7);
      assertThat(report(scan, false)).containsExactly("7-8");
      write(9);
      assertThat(report(scan, false)).containsExactly("7-8", "9-10");
      assertThat(marks.cleared).isEqualTo(1);
      assertThat(report(scan, true)).containsExactly("7-8", "9-10");
      assertThat(report(scan, false)).isEmpty();
      assertThat(marks.cleared).isEqualTo(2);
    }
  }

  @Test
  void shouldTakeAPageThatIsGoneForWritten() {
    try (SoftDirtyScan scan = scan()) {
      write(100, 5000);
      scan.arm();
      marks.entries[100] = 0;
      assertThat(report(scan, false)).containsExactly("100-101");
      assertThat(report(scan, true)).containsExactly("100-101");
      assertThat(report(scan, true)).as("known to be gone").isEmpty();
      marks.entries[100] = PRESENT;
      assertThat(report(scan, true)).as("back, and only read").isEmpty();
      marks.entries[100] = SWAPPED;
      assertThat(report(scan, true)).as("swapped, with its marks").isEmpty();
    }
  }

  @Test
  void shouldReportAllForGoodOnceMarksMayGetLost() {
    String all = "0-" + MANY_PAGES;
    try (SoftDirtyScan scan = scan()) {
      scan.arm();
      assertThat(report(scan, true)).isEmpty();
      marks.mayGetLost = true;
      assertThat(report(scan, true)).containsExactly(all);
      marks.mayGetLost = false;
      assertThat(report(scan, true)).containsExactly(all);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 8, 65_536, 65_540})
  void shouldFailWhenTheMapEndsEarly(long endsAtByte) {
    try (SoftDirtyScan scan = scan()) {
      scan.arm();
      marks.endsAtByte = endsAtByte;
      assertThatThrownBy(() -> report(scan, true))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("ends at page " + endsAtByte / 8);
      assertThat(marks.cleared).as("nothing is forgotten").isEqualTo(1);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "4096, 0",
    "4096, -4096",
    "4096, 4095",
    "1, 4096",
    "-4096, 4096",
    "4096, 9223372036854775807",
    "4096, 9223372036854771712",
    "4096, 8796093022208",
    "9223372036854771712, 8192"
  })
  void shouldRefuseWhatIsNoRangeOfPages(long address, long bytes) {
    assertThatThrownBy(() -> SoftDirtyScan.of(1, address, bytes))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
