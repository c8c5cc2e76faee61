package org.understudy.lab.bench.serve;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.understudy.lab.pair.PairSettings;

/** A pair whose primary dies and comes back. */
final class ReturnBench implements AutoCloseable {
  private static final int VALUE_BYTES = 3_000;
  private static final double NS_PER_MS = 1e6;

  private final BenchPair pair;
  private final int keys;

  private ReturnBench(BenchPair pair, int keys) {
    this.pair = pair;
    this.keys = keys;
  }

  /** Starts it, three quarters full of what no codec makes smaller, and protected. */
  static ReturnBench start(String name, PairSettings settings)
      throws IOException, InterruptedException {
    int keys = (int) (settings.memoryBytes() * 3 / 4 / (VALUE_BYTES + 200));
    ReturnBench bench = new ReturnBench(BenchPair.startAlone(name, settings), keys);
    try {
      bench.write(bench.pair.aloneFront(), 0, 1);
      bench.pair.protect();
      return bench;
    } catch (IOException | InterruptedException | RuntimeException e) {
      bench.close();
      throw e;
    }
  }

  private void write(InetSocketAddress front, int version, int every) throws IOException {
    try (LatencyClient client = new LatencyClient(front)) {
      for (int key = 0; key < keys; key += every) {
        client.roundTripNs(set(key, version));
      }
    }
  }

  private static byte[] set(int key, int version) {
    byte[] value = new byte[VALUE_BYTES];
    new Random(key * 31L + version).nextBytes(value);
    String name = "key-%08d".formatted(key);
    ByteArrayOutputStream command = new ByteArrayOutputStream(VALUE_BYTES + 64);
    command.writeBytes(
        ("*3\r\n$3\r\nSET\r\n$" + name.length() + "\r\n" + name + "\r\n$" + VALUE_BYTES + "\r\n")
            .getBytes(StandardCharsets.US_ASCII));
    command.writeBytes(value);
    command.writeBytes(new byte[] {'\r', '\n'});
    return command.toByteArray();
  }

  /** One death of the primary, and the return of its node as the survivor's backup. */
  void dieAndReturn(int changedPercent, ReturnResult.Mode result)
      throws IOException, InterruptedException {
    pair.losePrimary();
    if (changedPercent > 0) {
      write(pair.aloneFront(), 1, 100 / changedPercent);
    }
    long startNs = System.nanoTime();
    pair.protect();
    result.startToProtectedMs.add((System.nanoTime() - startNs) / NS_PER_MS);
    result.copyBytes.add(pair.primary().status().orElseThrow().replication().initialCopyBytes());
  }

  @Override
  public void close() {
    pair.close();
  }
}
