package org.understudy.lab.bench.serve;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.understudy.lab.pair.PairSettings;
import org.understudy.node.program.ExitCode;
import org.understudy.node.program.Shutdown;
import org.understudy.node.program.UserError;

/**
 * One of the servers that take turns.
 *
 * @param name how the report calls it
 * @param address where its clients connect
 * @param processes its processes by role
 * @param resource what ends them
 */
record Contender(
    String name, InetSocketAddress address, Map<String, Long> processes, Closeable resource)
    implements Closeable {
  static final String REDIS = "redis-server";
  static final String UNPROTECTED = "unprotected";
  static final String PROTECTED = "protected";

  private static final long START_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(30);

  /** redis-server without persistence. */
  static Contender redis() throws IOException, InterruptedException {
    Program.require("redis-server", "redis-server");
    InetSocketAddress address;
    try (ServerSocket free = new ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
      address = new InetSocketAddress(free.getInetAddress(), free.getLocalPort());
    }
    List<String> command =
        List.of(
            "redis-server",
            "--bind",
            "127.0.0.1",
            "--port",
            Integer.toString(address.getPort()),
            "--save",
            "",
            "--appendonly",
            "no");
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    awaitListening(process, address);
    Closeable end =
        () -> {
          process.destroy();
          process.onExit().join();
        };
    return new Contender(REDIS, address, Map.of("server", process.pid()), end);
  }

  private static void awaitListening(Process process, InetSocketAddress address)
      throws InterruptedException {
    long deadline = System.nanoTime() + START_TIMEOUT_NS;
    while (true) {
      try {
        new Socket(address.getAddress(), address.getPort()).close();
        return;
      } catch (IOException e) {
        if (!process.isAlive() || System.nanoTime() - deadline > 0 || Shutdown.await(10)) {
          process.destroy();
          throw new UserError(ExitCode.FAILED, "redis-server does not listen on " + address, e);
        }
      }
    }
  }

  /** The service with its front in one process. */
  static Contender unprotected(PairSettings settings) throws IOException, InterruptedException {
    BenchPair pair = BenchPair.startAlone(UNPROTECTED, settings);
    return new Contender(
        UNPROTECTED, pair.aloneFront(), Map.of("server", pair.primary().pid()), pair::close);
  }

  /** The service with a backup. */
  static Contender protectedPair(PairSettings settings) throws IOException, InterruptedException {
    return protectedPair(PROTECTED, settings);
  }

  /** The same under another name. */
  static Contender protectedPair(String name, PairSettings settings)
      throws IOException, InterruptedException {
    BenchPair pair = BenchPair.startAlone(name.replace(' ', '-'), settings);
    try {
      pair.protect();
    } catch (IOException | InterruptedException | RuntimeException e) {
      pair.close();
      throw e;
    }
    Map<String, Long> processes = new LinkedHashMap<>();
    processes.put("primary", pair.primary().pid());
    processes.put("backup", pair.backup().pid());
    return new Contender(name, pair.protectedFront(), processes, pair::close);
  }

  @Override
  public void close() throws IOException {
    resource.close();
  }
}
