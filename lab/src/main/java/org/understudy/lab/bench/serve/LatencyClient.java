package org.understudy.lab.bench.serve;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** One client that waits for each reply before it sends the next command. */
final class LatencyClient implements AutoCloseable {
  private static final int TIMEOUT_MS = 10_000;

  private final Socket socket = new Socket();
  private final InputStream in;
  private final OutputStream out;
  private final byte[] reply = new byte[512];

  LatencyClient(InetSocketAddress address) throws IOException {
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(TIMEOUT_MS);
    socket.connect(address, TIMEOUT_MS);
    in = socket.getInputStream();
    out = socket.getOutputStream();
  }

  /** A command as RESP. */
  static byte[] command(String... words) {
    StringBuilder text = new StringBuilder("*" + words.length + "\r\n");
    for (String word : words) {
      text.append('$').append(word.length()).append("\r\n").append(word).append("\r\n");
    }
    return text.toString().getBytes(StandardCharsets.US_ASCII);
  }

  /** Sends it and waits for its one-line reply; returns nanoseconds. */
  long roundTripNs(byte[] command) throws IOException {
    long startNs = System.nanoTime();
    out.write(command);
    int length = 0;
    while (length == 0 || reply[length - 1] != '\n') {
      int count = in.read(reply, length, reply.length - length);
      if (count <= 0) {
        throw new EOFException("the service closed the connection");
      }
      length += count;
    }
    long ns = System.nanoTime() - startNs;
    if (reply[0] == '-') {
      throw new IOException(
          "error reply: " + new String(reply, 0, length, StandardCharsets.US_ASCII).strip());
    }
    return ns;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
