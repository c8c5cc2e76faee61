package org.understudy.vm.qmp;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Says prepared lines on a real unix socket: one reply for each line that it is sent. */
final class FakeQemu implements AutoCloseable {
  static final String GREETING =
      "{\"QMP\": {\"version\": {\"qemu\": {\"micro\": 22, \"minor\": 2, \"major\": 7}, "
          + "\"package\": \"Debian 1:7.2+dfsg-7+deb12u18\"}, \"capabilities\": [\"oob\"]}}\r\n";
  static final String NEGOTIATED = "{\"return\": {}, \"id\": 1}\r\n";

  final Path socket;
  final List<String> received = new CopyOnWriteArrayList<>();
  private final ServerSocketChannel server;
  private final byte[] greeting;
  private final List<byte[]> replies;
  private final Thread thread;

  FakeQemu(Path folder, byte[] greeting, List<byte[]> replies) throws IOException {
    this.greeting = greeting;
    this.replies = replies;
    socket = folder.resolve("qmp");
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
    thread = Thread.ofPlatform().daemon().name("fake-qemu").start(this::serve);
  }

  /** After the negotiation these replies follow, one for each request; then it closes. */
  static FakeQemu negotiating(Path folder, String... replies) throws IOException {
    List<byte[]> all = new ArrayList<>();
    all.add(bytes(NEGOTIATED));
    for (String reply : replies) {
      all.add(bytes(reply));
    }
    return new FakeQemu(folder, bytes(GREETING), all);
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private void serve() {
    try (SocketChannel channel = server.accept()) {
      OutputStream out = Channels.newOutputStream(channel);
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(Channels.newInputStream(channel), StandardCharsets.UTF_8));
      out.write(greeting);
      for (byte[] reply : replies) {
        String line = in.readLine();
        if (line == null) {
          return;
        }
        received.add(line);
        out.write(reply);
      }
      // All was said: what is asked beyond stays unanswered until the client closes.
      while (in.readLine() != null) {
        continue;
      }
    } catch (IOException e) {
      // the client closed, which is its right
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Files.deleteIfExists(socket);
  }
}
