package org.understudy.vm.disk.label;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** Where a disk's label is kept; replaced as a whole, durable when {@link #write} returns. */
public final class DiskLabelFile {
  private static final String SUFFIX = ".understudy";
  private static final int MAX_BYTES = 4096;

  private final Path disk;
  private final Path file;
  private final Path temporary;

  /** Of the disk in this file. */
  public DiskLabelFile(Path disk) {
    this.disk = disk.toAbsolutePath();
    this.file = this.disk.resolveSibling(disk.getFileName() + SUFFIX);
    this.temporary = this.disk.resolveSibling(disk.getFileName() + SUFFIX + ".tmp");
  }

  /** Where it is. */
  public Path path() {
    return file;
  }

  /** Replaces the label. One thread at a time. */
  public void write(DiskLabel label) throws IOException {
    try (FileChannel out =
        FileChannel.open(
            temporary,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      ByteBuffer bytes = ByteBuffer.wrap(label.encode());
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
      out.force(true);
    }
    Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    try (FileChannel directory = FileChannel.open(file.getParent(), StandardOpenOption.READ)) {
      directory.force(true); // the new name is durable as well
    }
  }

  /**
   * The label; empty if the disk never had one.
   *
   * @throws IOException for a file that is not what {@link #write} left
   */
  public Optional<DiskLabel> read() throws IOException {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    DiskLabel label =
        Files.size(file) > MAX_BYTES ? null : DiskLabel.decode(Files.readAllBytes(file));
    if (label == null) {
      throw new IOException("the disk record " + file + " is damaged: nothing is known of " + disk);
    }
    return Optional.of(label);
  }

  /**
   * The label, which must be that of this guest's disk.
   *
   * @throws IOException for a damaged one, another guest's, another disk's, or another size
   */
  public Optional<DiskLabel> read(long registerId, int number, long sizeBytes) throws IOException {
    Optional<DiskLabel> label = read();
    if (label.isPresent()) {
      check("register", label.get().registerId(), registerId, true);
      check("disk", label.get().disk(), number, false);
      check("size", label.get().sizeBytes(), sizeBytes, false);
    }
    return label;
  }

  private void check(String what, long found, long expected, boolean hex) throws IOException {
    if (found != expected) {
      throw new IOException(
          "the disk record "
              + file
              + " is foreign: "
              + what
              + " "
              + (hex ? Long.toHexString(found) : found)
              + ", expected "
              + (hex ? Long.toHexString(expected) : expected));
    }
  }
}
