package org.understudy.lab.vm;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** One connection of a web client that stays open; one request at a time. */
final class HttpConnection implements AutoCloseable {
  private static final int MAX_LINE = 8 << 10;
  private static final int MAX_BODY = 16 << 20;

  /**
   * A response.
   *
   * @param status its code
   * @param request the request that the server says it answers: its argument {@code n}
   * @param body all of it
   */
  record Response(int status, String request, byte[] body) {
    String text() {
      return new String(body, StandardCharsets.UTF_8).strip();
    }
  }

  private final Socket socket = new Socket();
  private final InputStream in;
  private final String host;

  /** Connects; each wait for bytes takes this long at most. */
  HttpConnection(InetSocketAddress address, int timeoutMs) throws IOException {
    host = address.getHostString();
    try {
      socket.connect(address, timeoutMs);
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(timeoutMs);
      in = new BufferedInputStream(socket.getInputStream());
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** Asks for a path and reads the whole response. */
  Response get(String path) throws IOException {
    String request = "GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n";
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    return read(in);
  }

  /** Whether bytes have come that no request asked for. */
  boolean hasMore() throws IOException {
    return in.available() > 0;
  }

  static Response read(InputStream in) throws IOException {
    String[] first = line(in).split(" ", 3);
    if (first.length < 2 || !first[0].equals("HTTP/1.1")) {
      throw new IOException("no response begins with '" + String.join(" ", first) + "'");
    }
    int length = -1;
    String answered = "";
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      int colon = line.indexOf(':');
      String name = line.substring(0, Math.max(0, colon)).toLowerCase(Locale.ROOT);
      String value = line.substring(colon + 1).strip();
      if (name.equals("content-length")) {
        length = number(value);
      } else if (name.equals("x-request")) {
        answered = value;
      }
    }
    if (length < 0 || length > MAX_BODY) {
      throw new IOException("a response with a body of " + length + " bytes");
    }
    byte[] body = in.readNBytes(length);
    if (body.length < length) {
      throw new EOFException("closed after " + body.length + " of " + length + " bytes");
    }
    return new Response(number(first[1]), answered, body);
  }

  private static int number(String text) throws IOException {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new IOException("a response with the number '" + text + "'", e);
    }
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new EOFException("closed by the server");
      }
      if (line.length() == MAX_LINE) {
        throw new IOException("a line longer than " + MAX_LINE + " bytes");
      }
      line.append((char) next);
    }
    return line.toString().strip();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
