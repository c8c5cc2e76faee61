package org.understudy.lab.bench.encode;

import com.github.luben.zstd.ZstdOutputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes a file of page pairs, compressed if its name ends in {@code .zst}. */
final class PairWriter implements AutoCloseable {
  private static final int LEVEL = 12;

  /** Old and new page of a pair, and pages of neighbouring pairs, are found in this window. */
  private static final int WINDOW_LOG = 27;

  private final OutputStream out;
  private final byte[] record = new byte[PairFile.RECORD_BYTES];
  private final ByteBuffer view = ByteBuffer.wrap(record).order(ByteOrder.LITTLE_ENDIAN);
  private int pairs;

  PairWriter(Path file) throws IOException {
    OutputStream plain = Files.newOutputStream(file);
    out =
        new BufferedOutputStream(
            file.toString().endsWith(".zst")
                ? new ZstdOutputStream(plain, LEVEL).setLong(WINDOW_LOG)
                : plain,
            1 << 16);
  }

  /** Writes one pair; an old page of null stands for zeros. */
  void write(long address, ByteBuffer oldPage, ByteBuffer newPage) throws IOException {
    java.util.Arrays.fill(record, (byte) 0);
    view.putLong(0, address);
    if (oldPage != null) {
      view.put(Long.BYTES, oldPage, 0, Raw.PAGE);
    }
    view.put(Long.BYTES + Raw.PAGE, newPage, 0, Raw.PAGE);
    out.write(record);
    pairs++;
  }

  int pairs() {
    return pairs;
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
