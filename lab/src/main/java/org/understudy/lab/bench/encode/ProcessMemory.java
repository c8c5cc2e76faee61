package org.understudy.lab.bench.encode;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** Writable memory of another process, read through {@code /proc}. */
final class ProcessMemory implements AutoCloseable {
  private static final long PRESENT = 1L << 63;
  private static final long SWAPPED = 1L << 62;
  private static final int ENTRIES = 8192;

  /** A writable mapping. */
  record Range(long start, long end) {}

  /** Receives each page that is there. */
  interface Visitor {
    /** The bytes are overwritten by the next page. */
    void page(long address, ByteBuffer bytes) throws IOException;
  }

  private final Path directory;
  private final FileChannel memory;
  private final FileChannel pagemap;
  private final ByteBuffer page = ByteBuffer.allocateDirect(Raw.PAGE);
  private final ByteBuffer entries =
      ByteBuffer.allocateDirect(ENTRIES * Long.BYTES).order(ByteOrder.nativeOrder());

  ProcessMemory(long pid) throws IOException {
    directory = Path.of("/proc", Long.toString(pid));
    memory = FileChannel.open(directory.resolve("mem"), StandardOpenOption.READ);
    pagemap = FileChannel.open(directory.resolve("pagemap"), StandardOpenOption.READ);
  }

  /** Reads every page of writable mappings that has memory behind it. */
  void visit(Visitor visitor) throws IOException {
    for (Range range : writable()) {
      for (long at = range.start(); at < range.end(); at += (long) ENTRIES * Raw.PAGE) {
        visit(at, Math.min(range.end(), at + (long) ENTRIES * Raw.PAGE), visitor);
      }
    }
  }

  private void visit(long start, long end, Visitor visitor) throws IOException {
    entries.clear().limit((int) ((end - start) / Raw.PAGE * Long.BYTES));
    if (!readFully(pagemap, entries, start / Raw.PAGE * Long.BYTES)) {
      return;
    }
    for (long at = start; at < end; at += Raw.PAGE) {
      long entry = entries.getLong((int) ((at - start) / Raw.PAGE) * Long.BYTES);
      if ((entry & (PRESENT | SWAPPED)) != 0) {
        page.clear();
        if (readFully(memory, page, at)) {
          visitor.page(at, page.clear());
        }
      }
    }
  }

  /** False where the kernel refuses, as for memory of devices. */
  private static boolean readFully(FileChannel channel, ByteBuffer to, long position) {
    try {
      while (to.hasRemaining()) {
        if (channel.read(to, position + to.position()) < 0) {
          return false;
        }
      }
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private List<Range> writable() throws IOException {
    List<Range> ranges = new ArrayList<>();
    for (String line : Files.readAllLines(directory.resolve("maps"))) {
      Range range = parse(line);
      if (range != null) {
        ranges.add(range);
      }
    }
    return ranges;
  }

  /** A line of {@code maps}; null if the mapping is not readable and writable. */
  static Range parse(String line) {
    int dash = line.indexOf('-');
    int space = line.indexOf(' ');
    if (!line.startsWith("rw", space + 1)) {
      return null;
    }
    return new Range(
        Long.parseUnsignedLong(line, 0, dash, 16),
        Long.parseUnsignedLong(line, dash + 1, space, 16));
  }

  @Override
  public void close() throws IOException {
    memory.close();
    pagemap.close();
  }
}
