package org.understudy.failover.arbiter;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;

/** Stands before a member: passes requests on, and loses answers when told to. */
final class DeafProxy implements AutoCloseable {
  private final String member;
  private final HttpServer server;
  private final HttpClient client = HttpClient.newHttpClient();
  private volatile String lost = "";
  private volatile Supplier<String> answer;

  DeafProxy(String member) throws IOException {
    this.member = member;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::pass);
    server.start();
  }

  String endpoint() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  /** Requests of this path reach the member; whoever asked hears nothing. */
  void loseAnswersTo(String path) {
    lost = path;
  }

  /** Answers everything with this. */
  void answerWith(Supplier<String> text) {
    answer = text;
  }

  private void pass(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    byte[] body = exchange.getRequestBody().readAllBytes();
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(member + path))
            .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    HttpResponse<byte[]> response;
    try {
      response = client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
    if (path.equals(lost)) {
      exchange.close();
      return;
    }
    byte[] told = answer == null ? response.body() : answer.get().getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(response.statusCode(), told.length);
    exchange.getResponseBody().write(told);
    exchange.close();
  }

  /** Nothing listens there any more. */
  void die() {
    server.stop(0);
  }

  @Override
  public void close() {
    die();
    client.shutdownNow();
  }
}
