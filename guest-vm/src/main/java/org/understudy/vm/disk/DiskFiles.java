package org.understudy.vm.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.agrona.CloseHelper;
import org.understudy.vm.disk.file.DiskFile;
import org.understudy.vm.disk.file.ImageFormat;
import org.understudy.vm.disk.label.DiskLabelFile;

/** The files of a guest's disks, all of them or none. */
final class DiskFiles {
  private DiskFiles() {}

  /** Opens files that must be there. */
  static List<DiskFile> open(List<DiskPlace> places) throws IOException {
    List<DiskFile> files = new ArrayList<>();
    try {
      for (DiskPlace place : places) {
        DiskFile file = DiskFile.open(place.file());
        files.add(file);
        if (new DiskLabelFile(place.file()).read().isEmpty()) {
          ImageFormat.requireRaw(file); // afterwards the guest may write there what it likes
        }
        if (place.sizeBytes() != 0 && place.sizeBytes() != file.sizeBytes()) {
          throw new IOException(
              "disk "
                  + place.id()
                  + " must have "
                  + place.sizeBytes()
                  + " bytes, "
                  + place.file()
                  + " has "
                  + file.sizeBytes());
        }
      }
    } catch (IOException | RuntimeException e) {
      CloseHelper.quietCloseAll(files);
      throw e;
    }
    return files;
  }

  /** Opens files, and makes those that are missing: nothing but a hole of the right size. */
  static List<DiskFile> openOrCreate(List<DiskPlace> places) throws IOException {
    for (DiskPlace place : places) {
      create(place);
    }
    return open(places);
  }

  private static void create(DiskPlace place) throws IOException {
    Path file = place.file();
    if (Files.exists(file)) {
      return;
    }
    if (place.sizeBytes() == 0) {
      throw new IOException(
          "disk "
              + place.id()
              + " is not there, and no size says how to make "
              + file
              + ": add the primary's size to vm.disks");
    }
    if (!Files.isDirectory(file.toAbsolutePath().getParent())) {
      throw new IOException(
          "disk "
              + place.id()
              + ": the folder of "
              + file
              + " is not there: make it, or correct vm.disks");
    }
    try (var made = new java.io.RandomAccessFile(file.toFile(), "rw")) {
      made.setLength(place.sizeBytes());
    }
  }
}
