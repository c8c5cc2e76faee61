package org.understudy.lab.vm;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * Web clients that ask for the same page again and again, each on one connection. Each request has
 * a number which the response repeats, so that one that is lost, doubled or out of order is seen.
 */
final class HttpLoad implements AutoCloseable {
  /** Time between a response and the next request of a client. */
  private static final long PACE_NS = TimeUnit.MILLISECONDS.toNanos(20);

  private static final long RETRY_NS = TimeUnit.MILLISECONDS.toNanos(50);

  private final InetSocketAddress address;
  private final int timeoutMs;
  private final byte[] page;
  private final Tally tally = new Tally();
  private final AtomicBoolean stop = new AtomicBoolean();
  private final List<Thread> clients = new ArrayList<>();

  /** Learns what the page is; starts nothing. */
  HttpLoad(InetSocketAddress address, int timeoutMs) throws IOException {
    this.address = address;
    this.timeoutMs = timeoutMs;
    try (HttpConnection first = new HttpConnection(address, timeoutMs)) {
      HttpConnection.Response response = first.get("/");
      if (response.status() != 200) {
        throw new IOException("the page was answered with status " + response.status());
      }
      page = response.body();
    }
  }

  void start(int connections) {
    for (int i = 0; i < connections; i++) {
      int client = i;
      clients.add(Thread.ofVirtual().name("http-" + i).start(() -> run(client)));
    }
  }

  Tally tally() {
    return tally;
  }

  private void run(int client) {
    long next = 0;
    while (!stop.get()) {
      try (HttpConnection connection = new HttpConnection(address, timeoutMs)) {
        String previous = "";
        while (!stop.get()) {
          String request = "c" + client + "-" + next++;
          judge(request, previous, connection.get("/?n=" + request));
          previous = request;
          LockSupport.parkNanos(PACE_NS);
        }
        if (connection.hasMore()) {
          tally.duplicated(1, "client " + client + " got bytes after its last response");
        }
      } catch (SocketTimeoutException e) {
        tally.lost(1, "client " + client + ": no response in " + timeoutMs + " ms");
      } catch (IOException e) {
        tally.broken("client " + client + ": " + e.getMessage());
        LockSupport.parkNanos(RETRY_NS);
      }
    }
  }

  private void judge(String request, String previous, HttpConnection.Response response) {
    String answered = response.request();
    if (!answered.equals(request)) {
      String finding = "request " + request + " got the response of '" + answered + "'";
      if (answered.equals(previous)) {
        tally.duplicated(1, finding);
      } else {
        tally.reordered(finding);
      }
    } else if (response.status() != 200 || !Arrays.equals(response.body(), page)) {
      tally.wrong("request " + request + ": status " + response.status() + " or another page");
    } else {
      tally.good();
    }
  }

  /** Lets each client get the response that it waits for, then ends them. */
  @Override
  public void close() {
    stop.set(true);
    clients.forEach(Joins::join);
  }
}
