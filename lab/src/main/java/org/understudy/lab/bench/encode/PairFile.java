package org.understudy.lab.bench.encode;

import com.github.luben.zstd.ZstdInputStream;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.understudy.node.program.ExitCode;
import org.understudy.node.program.UserError;

/**
 * Page pairs: records of u64 little-endian address, 4096 bytes old and 4096 bytes new content,
 * plain or compressed with Zstandard.
 */
final class PairFile implements AutoCloseable {
  static final int RECORD_BYTES = Long.BYTES + 2 * Raw.PAGE;

  /** Most pages of one file; bounds memory to 8 GiB. */
  private static final int MAX_PAGES = 1 << 20;

  private static final int ZSTD_MAGIC = 0xFD2FB528;
  private static final int BLOCK_PAGES = 1024;

  private final Arena arena = Arena.ofShared();
  private final List<Long> oldBlocks = new ArrayList<>();
  private final List<Long> newBlocks = new ArrayList<>();
  private final Path file;
  private final int[] pageNumbers;
  private final int totalPages;
  private int pages;

  private PairFile(Path file) throws IOException {
    this.file = file;
    List<Long> addresses = new ArrayList<>();
    try (InputStream in = open(file);
        ReadableByteChannel channel = Channels.newChannel(in)) {
      read(channel, addresses);
    }
    if (pages == 0) {
      throw new UserError(ExitCode.FAILED, file + " holds no page pairs");
    }
    PageNumbers numbers = PageNumbers.of(addresses);
    pageNumbers = numbers.pages();
    totalPages = numbers.totalPages();
  }

  /**
   * Reads a whole file.
   *
   * @throws UserError in one line, if it cannot be read or is no file of page pairs
   */
  static PairFile load(Path file) {
    try {
      return new PairFile(file);
    } catch (IOException e) {
      throw new UserError(ExitCode.FAILED, "cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  private static InputStream open(Path file) throws IOException {
    BufferedInputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
    in.mark(Integer.BYTES);
    byte[] start = in.readNBytes(Integer.BYTES);
    in.reset();
    boolean zstd =
        start.length == Integer.BYTES
            && ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN).getInt() == ZSTD_MAGIC;
    // 31 is the largest window that there is.
    return zstd ? new ZstdInputStream(in).setLongMax(31) : in;
  }

  private void read(ReadableByteChannel in, List<Long> addresses) throws IOException {
    ByteBuffer record = ByteBuffer.allocateDirect(RECORD_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    while (true) {
      record.clear();
      while (record.hasRemaining() && in.read(record) >= 0) {
        // Channels of streams return short reads.
      }
      if (record.position() == 0) {
        return;
      }
      if (record.hasRemaining()) {
        throw new IOException(
            "record " + pages + " is cut off after " + record.position() + " of 8200 bytes");
      }
      if (pages == MAX_PAGES) {
        throw new IOException("more than " + MAX_PAGES + " page pairs");
      }
      add(record, addresses);
    }
  }

  private void add(ByteBuffer record, List<Long> addresses) {
    if (pages % BLOCK_PAGES == 0) {
      oldBlocks.add(Raw.allocate(arena, (long) BLOCK_PAGES * Raw.PAGE));
      newBlocks.add(Raw.allocate(arena, (long) BLOCK_PAGES * Raw.PAGE));
    }
    int page = pages++;
    addresses.add(record.getLong(0));
    Raw.view(oldPage(page), Raw.PAGE).put(0, record, Long.BYTES, Raw.PAGE);
    Raw.view(newPage(page), Raw.PAGE).put(0, record, Long.BYTES + Raw.PAGE, Raw.PAGE);
  }

  Path file() {
    return file;
  }

  int pages() {
    return pages;
  }

  /** Number of the page of a record; every record has one of its own. */
  int pageNumber(int index) {
    return pageNumbers[index];
  }

  /** Pages of a memory that holds all of them. */
  int totalPages() {
    return totalPages;
  }

  long oldPage(int index) {
    return oldBlocks.get(index / BLOCK_PAGES) + (long) (index % BLOCK_PAGES) * Raw.PAGE;
  }

  long newPage(int index) {
    return newBlocks.get(index / BLOCK_PAGES) + (long) (index % BLOCK_PAGES) * Raw.PAGE;
  }

  /** Bytes that differ between the old and the new pages. */
  long changedBytes() {
    long changed = 0;
    for (int page = 0; page < pages; page++) {
      for (int at = 0; at < Raw.PAGE; at++) {
        changed += Raw.getByte(oldPage(page) + at) == Raw.getByte(newPage(page) + at) ? 0 : 1;
      }
    }
    return changed;
  }

  @Override
  public void close() {
    arena.close();
  }
}
