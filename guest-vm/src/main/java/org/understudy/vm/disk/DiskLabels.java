package org.understudy.vm.disk;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.vm.disk.file.DiskFile;
import org.understudy.vm.disk.label.DiskLabel;
import org.understudy.vm.disk.label.DiskLabelFile;
import org.understudy.vm.disk.label.DiskState;

/** The disk records of a guest's files (SAFETY rule V1). */
final class DiskLabels {
  /** Generation of a file that nobody has run on: no register was ever at it. */
  static final long NEVER_RUN = 0;

  private static final Logger LOG = LoggerFactory.getLogger(DiskLabels.class);

  private final List<DiskFile> files;
  private final List<DiskLabelFile> labels = new ArrayList<>();
  private long registerId;
  private long generation = -1;

  DiskLabels(List<DiskFile> files) {
    this.files = files;
    files.forEach(file -> labels.add(new DiskLabelFile(file.path())));
  }

  /**
   * Whether the owner may run its guest on the files. A file without a record was never part of a
   * pair: the operator put it there.
   *
   * @throws IOException saying of which file, and why not
   */
  synchronized void requireRunnable(DiskOwner owner) throws IOException {
    for (int i = 0; i < files.size(); i++) {
      Optional<DiskLabel> label = read(i, owner.registerId());
      long written = label.map(DiskLabel::generation).orElse(owner.generation());
      if (written < owner.writtenSince() || written > owner.generation()) {
        throw new IOException(
            files.get(i).path() + ": " + label.orElseThrow().obstacleToRun(owner.generation()));
      }
    }
  }

  /**
   * Whether a copy may be written over the files: those of the same pair, and those that hold
   * nothing.
   */
  synchronized void requireBase(long ofRegister) throws IOException {
    for (int i = 0; i < files.size(); i++) {
      DiskFile file = files.get(i);
      if (read(i, ofRegister).isEmpty() && file.nextData(0) < file.sizeBytes()) {
        throw new IOException(
            file.path()
                + " holds data and has no disk record: a copy would overwrite what may be somebody"
                + " else's; remove it or empty it");
      }
    }
  }

  private Optional<DiskLabel> read(int disk, long ofRegister) throws IOException {
    return labels.get(disk).read(ofRegister, disk, files.get(disk).sizeBytes());
  }

  /** Durable when it returns. A generation that was overtaken is not written any more. */
  synchronized void write(long ofRegister, long newGeneration, long epoch) throws IOException {
    if (ofRegister == registerId && newGeneration <= generation && newGeneration != NEVER_RUN) {
      return;
    }
    for (int i = 0; i < files.size(); i++) {
      long sizeBytes = files.get(i).sizeBytes();
      labels
          .get(i)
          .write(new DiskLabel(ofRegister, i, sizeBytes, newGeneration, epoch, DiskState.AHEAD));
    }
    registerId = ofRegister;
    generation = newGeneration;
  }

  /** Writes on a thread of its own. Where it fails, the files count as a base after a crash. */
  void writeSoon(long ofRegister, long newGeneration, long epoch) {
    if (files.isEmpty()) {
      return;
    }
    Thread.ofPlatform()
        .daemon()
        .name("disk-label")
        .start(() -> {
          try {
            write(ofRegister, newGeneration, epoch);
          } catch (IOException | RuntimeException e) {
            LOG.warn("the disk records stay at an older generation: {}", e.getMessage());
          }
        });
  }
}
