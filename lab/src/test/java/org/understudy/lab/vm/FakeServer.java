package org.understudy.lab.vm;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.function.UnaryOperator;

/** A web server that answers each request with what a test wants; a null closes the connection. */
final class FakeServer implements AutoCloseable {
  static final String PAGE = "<p>page</p>";

  private final FakeListener listener;
  private final UnaryOperator<String> answer;

  /**
   * Starts it.
   *
   * @param answer from the argument {@code n} of a request to the whole response
   */
  FakeServer(UnaryOperator<String> answer) throws IOException {
    this.answer = answer;
    this.listener = new FakeListener(this::serve);
  }

  static String response(String request, String body) {
    return "HTTP/1.1 200 OK\r\nContent-Length: "
        + body.length()
        + "\r\nX-Request: "
        + request
        + "\r\n\r\n"
        + body;
  }

  InetSocketAddress address() {
    return listener.address();
  }

  private void serve(Socket socket) {
    try (socket;
        BufferedReader in =
            new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1))) {
      OutputStream out = socket.getOutputStream();
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        if (!line.startsWith("GET ")) {
          continue;
        }
        String response = answer.apply(line.replaceAll("^GET /(\\?n=)?([^ ]*) .*", "$2"));
        if (response == null) {
          return;
        }
        out.write(response.getBytes(StandardCharsets.ISO_8859_1));
      }
    } catch (IOException e) {
      // the client is gone
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
