package org.understudy.failover.process;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.agrona.CloseHelper;

/** Clients that ask for a long answer and do not read it. */
final class SlowReaders implements AutoCloseable {
  private static final int SMALL_WINDOW_BYTES = 4096;
  private static final int TIMEOUT_MS = 60_000;

  private static final int FILLER_BYTES = 1 << 20;

  private final List<Socket> clients = new ArrayList<>();

  /** Stores what they ask for: so long an answer. */
  static void storeValue(InetSocketAddress front, int valueBytes) throws IOException {
    try (Socket client = connect(front)) {
      set(client, "long", new byte[valueBytes]);
    }
  }

  /** Stores so many bytes that no compression makes less of, under keys that nobody asks for. */
  static void fill(InetSocketAddress front, long bytes, long seed) throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    byte[] value = new byte[FILLER_BYTES];
    try (Socket client = connect(front)) {
      for (long stored = 0; stored < bytes; stored += FILLER_BYTES) {
        random.nextBytes(value);
        set(client, "filler:" + stored, value);
      }
    }
  }

  private static Socket connect(InetSocketAddress front) throws IOException {
    Socket client = new Socket();
    client.setSoTimeout(TIMEOUT_MS);
    client.connect(front, TIMEOUT_MS);
    return client;
  }

  private static void set(Socket client, String key, byte[] value) throws IOException {
    OutputStream out = client.getOutputStream();
    String head = "*3\r\n$3\r\nSET\r\n$" + key.length() + "\r\n" + key + "\r\n$";
    out.write(ascii(head + value.length + "\r\n"));
    out.write(value);
    out.write(ascii("\r\n"));
    InputStream in = client.getInputStream();
    String answer = new String(in.readNBytes(5), StandardCharsets.US_ASCII);
    if (!answer.equals("+OK\r\n")) {
      throw new IOException("SET of " + value.length + " bytes was answered by " + answer);
    }
  }

  /** So many more of them. */
  void ask(InetSocketAddress front, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      Socket client = new Socket();
      clients.add(client);
      client.setReceiveBufferSize(SMALL_WINDOW_BYTES);
      client.connect(front, TIMEOUT_MS);
      client.getOutputStream().write(ascii("GET long\r\n"));
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** All of them. */
  void leave() {
    CloseHelper.quietCloseAll(clients);
    clients.clear();
  }

  @Override
  public void close() {
    leave();
  }
}
