package org.understudy.lab.load;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A redis-server of its own: a service that is known to answer correctly. */
final class RedisServer implements AutoCloseable {
  private static final Path PROGRAM = Path.of("/usr/bin/redis-server");

  final InetSocketAddress address;
  private final Process process;

  RedisServer() throws IOException {
    assumeTrue(Files.isExecutable(PROGRAM), "redis-server is missing: install redis-server");
    address = new InetSocketAddress(InetAddress.getLoopbackAddress(), freePort());
    process =
        new ProcessBuilder(
                PROGRAM.toString(),
                "--port",
                Integer.toString(address.getPort()),
                "--save",
                "",
                "--bind",
                "127.0.0.1")
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    awaitListening();
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private void awaitListening() throws IOException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (true) {
      try (Socket socket = new Socket()) {
        socket.connect(address, 1000);
        return;
      } catch (IOException e) {
        if (System.nanoTime() > deadline || !process.isAlive()) {
          throw e;
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
      }
    }
  }

  void kill() {
    process.destroyForcibly().onExit().join();
  }

  @Override
  public void close() {
    kill();
  }
}
