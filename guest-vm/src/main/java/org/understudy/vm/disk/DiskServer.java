package org.understudy.vm.disk;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.understudy.vm.disk.nbd.NbdExport;
import org.understudy.vm.disk.nbd.NbdServer;
import org.understudy.vm.disk.nbd.NbdSettings;

/** All disks of a guest on one socket; none where the guest has no disks. */
final class DiskServer implements AutoCloseable {
  private static final String SOCKET = "disks";

  private final List<SwitchedExport> exports;
  private final Path socket;
  private final NbdServer server;

  private DiskServer(List<SwitchedExport> exports, Path socket, NbdServer server) {
    this.exports = exports;
    this.socket = socket;
    this.server = server;
  }

  static DiskServer start(Path directory, List<? extends NbdExport> disks) throws IOException {
    List<SwitchedExport> exports = disks.stream().map(SwitchedExport::new).toList();
    Path socket = directory.resolve(SOCKET);
    NbdServer server =
        exports.isEmpty() ? null : NbdServer.start(socket, exports, NbdSettings.DEFAULT);
    return new DiskServer(exports, socket, server);
  }

  /** The socket of each disk, by its id. */
  Map<String, Path> sockets() {
    Map<String, Path> sockets = new HashMap<>();
    exports.forEach(export -> sockets.put(export.name(), socket));
    return sockets;
  }

  /** Where all of them are, if there are any. */
  Path socket() {
    return socket;
  }

  /** Connected clients stay connected. */
  void switchTo(List<? extends NbdExport> disks) {
    for (int i = 0; i < exports.size(); i++) {
      exports.get(i).switchTo(disks.get(i));
    }
  }

  int connections() {
    return server == null ? 0 : server.connections();
  }

  @Override
  public void close() {
    if (server != null) {
      server.close();
    }
  }
}
