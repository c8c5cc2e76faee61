package org.understudy.vm.qmp;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * Writes and reads what a pause consists of some thousand times while no guest waits for it: the
 * first pauses of a node's life would otherwise take twice as long, until all that is compiled.
 */
public final class QmpWarmUp {
  private static final int ROUNDS = 5_000;

  private static final String TIME = "\"timestamp\": {\"seconds\": 1, \"microseconds\": 2}, ";

  private static final List<byte[]> SAID =
      List.of(
          bytes("{\"return\": {}, \"id\": 12}"),
          bytes("{" + TIME + "\"event\": \"STOP\"}"),
          bytes("{" + TIME + "\"event\": \"MIGRATION\", \"data\": {\"status\": \"completed\"}}"),
          bytes("{" + TIME + "\"event\": \"RESUME\"}"));

  private QmpWarmUp() {}

  /** On a thread that has the time; returns the number of messages. */
  public static int run() {
    List<QmpRequest<?>> asked =
        List.of(
            new QmpRequests.Cont(),
            new QmpRequests.Stop(),
            new QmpRequests.SaveDevices(Path.of("/proc/12345/fd/67")),
            new QmpRequests.Migrate("unix:/run/understudy/state"));
    int messages = 0;
    for (int i = 0; i < ROUNDS; i++) {
      for (QmpRequest<?> request : asked) {
        messages += QmpClient.encode(request, i).length > 0 ? 1 : 0;
      }
      for (byte[] line : SAID) {
        messages += QmpParser.parse(line, line.length, QmpClock.now()) == null ? 0 : 1;
      }
    }
    return messages;
  }

  private static byte[] bytes(String line) {
    return line.getBytes(StandardCharsets.US_ASCII);
  }
}
