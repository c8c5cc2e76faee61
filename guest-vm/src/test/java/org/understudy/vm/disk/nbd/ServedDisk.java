package org.understudy.vm.disk.nbd;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.List;
import org.understudy.vm.disk.file.DiskFile;
import org.understudy.vm.disk.primary.DiskLog;
import org.understudy.vm.disk.primary.DiskLogSettings;
import org.understudy.vm.disk.primary.GuestDisk;

/** A real file behind a real server, as a node would have it. */
final class ServedDisk implements AutoCloseable {
  final Path file;
  final Path socket;
  final DiskLog log = new DiskLog(DiskLogSettings.DEFAULT);
  final GuestDisk disk;
  final NbdServer server;

  ServedDisk(Path directory, long sizeBytes, NbdSettings settings) throws IOException {
    file = directory.resolve("disk.raw");
    socket = directory.resolve("nbd.sock");
    try (RandomAccessFile created = new RandomAccessFile(file.toFile(), "rw")) {
      created.setLength(sizeBytes);
    }
    disk = new GuestDisk(0, "disk", DiskFile.open(file), log);
    server = NbdServer.start(socket, List.of(disk), settings);
  }

  @Override
  public void close() throws IOException {
    server.close();
    disk.close();
    log.close();
  }
}
