package org.understudy.checkpoint.track;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.VarHandle;
import org.understudy.host.LinuxCalls;

/**
 * {@code ioctl(PAGEMAP_SCAN)} (Linux 6.7): which pages of a process were written since they were
 * write-protected last, and protects them again in the same call.
 *
 * <p>The range must be registered with a {@code userfaultfd} for asynchronous write protection by
 * that process itself ({@link AsyncWriteProtection}). See {@code
 * Documentation/admin-guide/mm/pagemap.rst} of the kernel.
 */
final class PagemapScanner implements AutoCloseable {
  /** Takes a run of written pages. */
  @FunctionalInterface
  interface Ranges {
    /** Addresses of the first byte and of the byte after the last. */
    void onRange(long start, long end);
  }

  /** For a scan that only protects. */
  static final Ranges IGNORED = (start, end) -> {};

  private static final long PAGEMAP_SCAN = 0xC0606610L;
  private static final long WP_MATCHING_AND_CHECK_ASYNC = 1 | 2;
  private static final long WRITTEN = 2;

  /** Runs per call: 1.5 MiB of vector, enough for most epochs in a single call. */
  private static final int VECTOR_ENTRIES = 65_536;

  private static final int ENTRY_WORDS = 3;
  static final long VECTOR_BYTES = (long) VECTOR_ENTRIES * ENTRY_WORDS * Long.BYTES;

  private static final StructLayout SCAN_ARGUMENT =
      MemoryLayout.structLayout(
          JAVA_LONG.withName("size"),
          JAVA_LONG.withName("flags"),
          JAVA_LONG.withName("start"),
          JAVA_LONG.withName("end"),
          JAVA_LONG.withName("walk_end"),
          JAVA_LONG.withName("vec"),
          JAVA_LONG.withName("vec_len"),
          JAVA_LONG.withName("max_pages"),
          JAVA_LONG.withName("category_inverted"),
          JAVA_LONG.withName("category_mask"),
          JAVA_LONG.withName("category_anyof_mask"),
          JAVA_LONG.withName("return_mask"));
  private static final VarHandle START = field("start");
  private static final VarHandle END = field("end");
  private static final VarHandle WALK_END = field("walk_end");

  private final Arena arena = Arena.ofShared();
  private final MemorySegment argument = arena.allocate(SCAN_ARGUMENT);
  private final MemorySegment vector =
      arena.allocate(JAVA_LONG, (long) VECTOR_ENTRIES * ENTRY_WORDS);
  private final int pagemap;

  /**
   * A scanner of one process.
   *
   * @param pid process, or 0 for this one
   */
  PagemapScanner(long pid) {
    String path = "/proc/" + (pid == 0 ? "self" : Long.toString(pid)) + "/pagemap";
    pagemap = (int) LinuxCalls.check(LinuxCalls.open(path, 0, 0), "opening " + path);
    field("size").set(argument, 0L, SCAN_ARGUMENT.byteSize());
    field("flags").set(argument, 0L, WP_MATCHING_AND_CHECK_ASYNC);
    field("vec").set(argument, 0L, vector.address());
    field("vec_len").set(argument, 0L, (long) VECTOR_ENTRIES);
    field("category_mask").set(argument, 0L, WRITTEN);
    field("return_mask").set(argument, 0L, WRITTEN);
  }

  /**
   * Reports the written pages of a range in ascending order and protects them again.
   *
   * @param first address of its first byte, a multiple of 4096
   * @param last address of the byte after it, the same
   */
  void scan(long first, long last, Ranges ranges) {
    END.set(argument, 0L, last);
    long from = first;
    while (from < last) {
      START.set(argument, 0L, from);
      int entries =
          (int) LinuxCalls.check(LinuxCalls.ioctl(pagemap, PAGEMAP_SCAN, argument), "PAGEMAP_SCAN");
      for (int i = 0; i < entries; i++) {
        long entry = (long) i * ENTRY_WORDS;
        ranges.onRange(
            vector.getAtIndex(JAVA_LONG, entry), vector.getAtIndex(JAVA_LONG, entry + 1));
      }
      from = (long) WALK_END.get(argument, 0L);
    }
  }

  /** Of its own. */
  public long memoryBytes() {
    return vector.byteSize();
  }

  @Override
  public void close() {
    LinuxCalls.close(pagemap);
    arena.close();
  }

  private static VarHandle field(String name) {
    return SCAN_ARGUMENT.varHandle(MemoryLayout.PathElement.groupElement(name));
  }
}
