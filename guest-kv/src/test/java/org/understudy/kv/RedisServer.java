package org.understudy.kv;

import java.io.DataInputStream;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** A real redis-server on a free port, and one connection to it. */
final class RedisServer implements AutoCloseable {
  private static final int CONNECT_MILLISECONDS = 20_000;

  final int port;
  private final Process process;
  private Socket socket;

  private RedisServer(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /** Skips the test, by the name of the program, where it is not installed. */
  static void assumeInstalled(String program) {
    boolean there =
        Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
            .anyMatch(folder -> new File(folder, program).canExecute());
    Assumptions.assumeTrue(there, program + " is not installed (Debian package redis)");
  }

  static RedisServer start(String... settings) throws Exception {
    assumeInstalled("redis-server");
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    var command = new java.util.ArrayList<String>();
    command.addAll(
        Arrays.asList(
            "redis-server",
            "--port",
            Integer.toString(port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "no"));
    command.addAll(Arrays.asList(settings));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    RedisServer server = new RedisServer(process, port);
    server.connect();
    return server;
  }

  private void connect() throws Exception {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(CONNECT_MILLISECONDS);
    while (true) {
      Socket attempt = new Socket();
      try {
        attempt.connect(new InetSocketAddress("127.0.0.1", port));
        attempt.setTcpNoDelay(true);
        attempt.setSoTimeout(CONNECT_MILLISECONDS);
        socket = attempt;
        return;
      } catch (IOException e) {
        attempt.close();
        if (System.nanoTime() > deadline || !process.isAlive()) {
          throw e;
        }
        Thread.onSpinWait();
      }
    }
  }

  /** Sends requests and returns all replies to them, or what came before the connection closed. */
  String exchange(byte[] request) {
    byte[] marker = "ECHO -end-\r\n".getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
    byte[] both = java.util.Arrays.copyOf(request, request.length + marker.length);
    System.arraycopy(marker, 0, both, request.length, marker.length);
    try {
      // In one piece: Redis closes after a broken request, and with a marker still on its way the
      // kernel would reset the connection and drop the reply.
      OutputStream out = socket.getOutputStream();
      out.write(both);
      out.flush();
      StringBuilder reply = new StringBuilder();
      String end = "$5\r\n-end-\r\n";
      DataInputStream in = new DataInputStream(socket.getInputStream());
      byte[] chunk = new byte[64 * 1024];
      while (reply.length() < end.length()
          || reply.indexOf(end, reply.length() - end.length()) < 0) {
        int count = in.read(chunk);
        if (count < 0) {
          return reply + "<closed>";
        }
        reply.append(new String(chunk, 0, count, java.nio.charset.StandardCharsets.ISO_8859_1));
      }
      return reply.substring(0, reply.length() - end.length());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    if (socket != null) {
      socket.close();
    }
    process.destroyForcibly();
    process.onExit().join();
  }
}
