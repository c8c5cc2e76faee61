package org.understudy.vm.net;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;

/** A client of the guest's redis, by one connection from the namespace. */
final class GuestClient implements AutoCloseable {
  private static final int TIMEOUT_MS = 60_000;
  private static final int CONNECT_TIMEOUT_MS = 2_000;

  private final Namespace namespace;
  private Socket socket;
  private InputStream in;
  private OutputStream out;

  GuestClient(Namespace namespace) {
    this.namespace = namespace;
  }

  GuestClient connect() throws Exception {
    socket =
        namespace.call(() -> {
          Socket opened = new Socket();
          opened.connect(new InetSocketAddress(LinuxGuest.IP, 6379), CONNECT_TIMEOUT_MS);
          return opened;
        });
    socket.setSoTimeout(TIMEOUT_MS);
    socket.setTcpNoDelay(true);
    in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
    out = socket.getOutputStream();
    return this;
  }

  /** Whether a redis is there. */
  boolean answers() {
    try (GuestClient client = new GuestClient(namespace).connect()) {
      return client.ask("PING").equals("PONG");
    } catch (Exception e) {
      return false;
    }
  }

  void send(String words) throws IOException {
    out.write((words + "\r\n").getBytes(StandardCharsets.US_ASCII));
  }

  /** The next reply, without its mark; of a bulk its length. */
  String reply() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new IOException("the connection ended");
      }
      line.append((char) next);
    }
    String text = line.toString().strip();
    if (text.startsWith("$")) {
      in.skipNBytes(Long.parseLong(text.substring(1)) + 2);
    }
    return text.substring(1);
  }

  String ask(String words) throws IOException {
    send(words);
    return reply();
  }

  /** Asks on a thread of its own. */
  CompletableFuture<String> askLater(String words) throws IOException {
    send(words);
    CompletableFuture<String> answer = new CompletableFuture<>();
    Thread.ofPlatform()
        .daemon()
        .start(() -> {
          try {
            answer.complete(reply());
          } catch (IOException e) {
            answer.completeExceptionally(e);
          }
        });
    return answer;
  }

  @Override
  public void close() {
    try {
      if (socket != null) {
        socket.close();
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
