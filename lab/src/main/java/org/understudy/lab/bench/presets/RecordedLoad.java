package org.understudy.lab.bench.presets;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.understudy.lab.load.Workload;

/**
 * Operations of many connections, encoded once from a seed, so that every preset is sent the very
 * same bytes. The mix is that of the demo. Operation {@code i} belongs to connection {@code i mod
 * connections}.
 */
final class RecordedLoad {
  private static final byte[] LINE = {'\r', '\n'};

  private final int connections;
  private final byte[][] population;
  private final byte[][] operations;

  private RecordedLoad(int connections, byte[][] population, byte[][] operations) {
    this.connections = connections;
    this.population = population;
    this.operations = operations;
  }

  /**
   * Records a load.
   *
   * @param keys written once each by the population, then used by the operations
   */
  static RecordedLoad of(long seed, int connections, int keys, int count) {
    Workload[] streams = new Workload[connections];
    int[] ids = new int[connections];
    for (int i = 0; i < connections; i++) {
      streams[i] = new Workload(seed, i, keys);
    }
    byte[][] population = new byte[keys][];
    for (int i = 0; i < keys; i++) {
      int connection = i % connections;
      population[i] = encode(streams[connection].first(i, ids[connection]++));
    }
    byte[][] operations = new byte[count][];
    for (int i = 0; i < count; i++) {
      int connection = i % connections;
      operations[i] = encode(streams[connection].next(ids[connection]++, true));
    }
    return new RecordedLoad(connections, population, operations);
  }

  private static byte[] encode(Workload.Step step) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(128);
    out.writeBytes(
        (step.value() == null ? "*2\r\n" : "*3\r\n").getBytes(StandardCharsets.US_ASCII));
    bulk(out, step.command().name().getBytes(StandardCharsets.US_ASCII));
    bulk(out, Workload.key(step.keyIndex()).getBytes(StandardCharsets.US_ASCII));
    if (step.value() != null) {
      bulk(out, step.value());
    }
    return out.toByteArray();
  }

  private static void bulk(ByteArrayOutputStream out, byte[] bytes) {
    out.writeBytes(("$" + bytes.length + "\r\n").getBytes(StandardCharsets.US_ASCII));
    out.writeBytes(bytes);
    out.writeBytes(LINE);
  }

  int connections() {
    return connections;
  }

  /** The writes that give each key its first content. */
  byte[][] population() {
    return population;
  }

  /** The operations, in the order of their due times. */
  byte[][] operations() {
    return operations;
  }

  /** Whether both would send the same bytes. */
  boolean sameAs(RecordedLoad other) {
    return Arrays.deepEquals(population, other.population)
        && Arrays.deepEquals(operations, other.operations);
  }
}
