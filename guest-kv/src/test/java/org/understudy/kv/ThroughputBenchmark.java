package org.understudy.kv;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Throughput of the unprotected service against redis-server: the same {@code redis-benchmark}
 * alternates between both; medians are printed as one Markdown table. Arguments: runs (5), then
 * requests per command and run (500000).
 */
final class ThroughputBenchmark {
  private static final String[] COMMANDS = {"SET", "GET", "INCR"};

  private record Server(String name, int port, Process process, Map<String, List<Double>> rates) {
    double cpuSeconds() {
      return process.info().totalCpuDuration().orElseThrow().toNanos() / 1e9;
    }
  }

  private ThroughputBenchmark() {}

  /** Runs it. */
  public static void main(String[] arguments) throws Exception {
    int runs = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 5;
    int requests = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 500_000;
    List<Server> servers = List.of(start("redis-server"), start("unprotected service"));
    try {
      // One run of each that does not count: the JVM compiles, both fill their tables.
      for (Server server : servers) {
        run(server, requests);
      }
      servers.forEach(server -> server.rates.values().forEach(List::clear));
      double[] before = servers.stream().mapToDouble(Server::cpuSeconds).toArray();
      for (int i = 0; i < runs; i++) {
        for (Server server : servers) {
          run(server, requests);
        }
      }
      print(servers, before, (double) runs * requests * COMMANDS.length);
    } finally {
      servers.forEach(server -> server.process.destroy());
    }
  }

  private static Server start(String name) throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    String number = Integer.toString(port);
    List<String> command = new ArrayList<>();
    if (name.equals("redis-server")) {
      command.addAll(List.of("redis-server", "--port", number, "--bind", "127.0.0.1"));
      command.addAll(List.of("--save", "", "--appendonly", "no"));
    } else {
      command.add(System.getProperty("java.home") + "/bin/java");
      command.addAll(List.of("-Xmx512m", "--add-modules", "jdk.incubator.vector"));
      command.addAll(List.of("--add-opens", "java.base/jdk.internal.misc=ALL-UNNAMED"));
      command.addAll(List.of("--enable-native-access=ALL-UNNAMED"));
      command.addAll(List.of("-cp", System.getProperty("java.class.path")));
      command.addAll(List.of(StandaloneServer.class.getName(), number));
    }
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    awaitListening(name, process, port);
    Map<String, List<Double>> rates = new LinkedHashMap<>();
    Arrays.stream(COMMANDS).forEach(each -> rates.put(each, new ArrayList<>()));
    return new Server(name, port, process, rates);
  }

  private static void awaitListening(String name, Process process, int port) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (true) {
      try {
        new Socket("127.0.0.1", port).close();
        return;
      } catch (IOException e) {
        if (!process.isAlive() || System.nanoTime() > deadline) {
          process.destroy();
          throw new IllegalStateException(name + " does not listen on port " + port, e);
        }
        TimeUnit.MILLISECONDS.sleep(10);
      }
    }
  }

  private static void run(Server server, int requests) throws Exception {
    String line =
        "redis-benchmark -t set,get,incr -r 100000 -d 64 -P 16 -c 50 --csv -n "
            + requests
            + " -p "
            + server.port;
    Process process = new ProcessBuilder(line.split(" ")).redirectErrorStream(true).start();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    for (String row : output.split("\n")) {
      String[] cells = row.replace("\"", "").split(",");
      if (server.rates.containsKey(cells[0])) {
        server.rates.get(cells[0]).add(Double.parseDouble(cells[1]));
      }
    }
    if (process.waitFor() != 0) {
      throw new IllegalStateException("redis-benchmark failed: " + output);
    }
  }

  private static void print(List<Server> servers, double[] cpuBefore, double operations) {
    System.out.println("| server | SET/s | GET/s | INCR/s | CPU per operation, us |");
    System.out.println("|---|---|---|---|---|");
    for (int i = 0; i < servers.size(); i++) {
      Server server = servers.get(i);
      double cpuUs = (server.cpuSeconds() - cpuBefore[i]) / operations * 1e6;
      StringBuilder row = new StringBuilder("| " + server.name);
      for (String command : COMMANDS) {
        row.append(String.format(Locale.ROOT, " | %,.0f", median(server.rates.get(command))));
      }
      System.out.println(row + String.format(Locale.ROOT, " | %.2f |", cpuUs));
    }
    StringBuilder row = new StringBuilder("| ratio");
    for (String command : COMMANDS) {
      double ours = median(servers.get(1).rates.get(command));
      double theirs = median(servers.get(0).rates.get(command));
      row.append(String.format(Locale.ROOT, " | %.2f", ours / theirs));
    }
    System.out.println(row + " | |");
  }

  private static double median(List<Double> values) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    return sorted[sorted.length / 2];
  }
}
