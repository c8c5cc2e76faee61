package org.understudy.vm.net;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.understudy.vm.qmp.QmpClient;

/** A connection of which a running QEMU has the other end as a character device. */
final class QemuSocket {
  private static final int SEND_BUFFER_BYTES = 1 << 20;

  private QemuSocket() {}

  /**
   * Has QEMU connect to us. The socket file is there for that moment only.
   *
   * @param id of the character device
   */
  static SocketChannel connect(QmpClient qmp, String id, Path directory, long timeoutNs) {
    Path path = directory.resolve(id + ".sock");
    try (ServerSocketChannel listener = listen(path)) {
      // QEMU has connected when it answers.
      qmp.execute(FilterRequests.addSocket(id, path), timeoutNs);
      SocketChannel channel = listener.accept();
      if (channel == null) {
        throw new NetException("QEMU says that it connected to " + path + ", but it did not");
      }
      channel.configureBlocking(false);
      channel.setOption(StandardSocketOptions.SO_SNDBUF, SEND_BUFFER_BYTES);
      return channel;
    } catch (IOException e) {
      throw new NetException("cannot connect QEMU to " + path + ": " + e.getMessage(), e);
    } finally {
      delete(path);
    }
  }

  private static ServerSocketChannel listen(Path path) throws IOException {
    Files.deleteIfExists(path);
    ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      listener.bind(UnixDomainSocketAddress.of(path));
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
      listener.configureBlocking(false);
      return listener;
    } catch (IOException | RuntimeException e) {
      listener.close();
      throw e;
    }
  }

  private static void delete(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      throw new NetException("cannot remove " + path + ": " + e.getMessage(), e);
    }
  }

  /** Closes without complaint: QEMU may be gone. */
  static void close(SocketChannel channel) {
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException e) {
        // nothing is lost with it
      }
    }
  }
}
