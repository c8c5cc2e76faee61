package org.understudy.failover.vm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where the switch between the nodes sees the guest: each frame of it that comes from the other
 * node moves its address to another port, which the kernel tells. So a guest that is heard from
 * both nodes moves more often than it was taken over.
 */
final class MacWatch implements AutoCloseable {
  private static final Pattern TIME = Pattern.compile("^Timestamp: .*([0-9:]{8}) .* (\\d+) usec");
  private static final Pattern MOVE =
      Pattern.compile("^([0-9a-f:]{17}) dev (\\S+) .*master (\\S+)");

  private final Path output;
  private final Process process;
  private final String mac;
  private final String bridge;

  MacWatch(Path output, String mac, String bridge) throws IOException {
    this.output = output;
    this.mac = mac;
    this.bridge = bridge;
    process =
        new ProcessBuilder("bridge", "-timestamp", "monitor", "fdb")
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
  }

  /**
   * A port at which the guest was heard.
   *
   * @param time of day, of the first frame
   */
  record Move(String port, String time) {
    @Override
    public String toString() {
      return port + " " + time;
    }
  }

  /** The ports at which it was, one after the other. */
  List<Move> moves() throws IOException {
    return moves(Files.readAllLines(output), mac, bridge);
  }

  static List<Move> moves(List<String> lines, String mac, String bridge) {
    List<Move> moves = new ArrayList<>();
    String time = "";
    for (String line : lines) {
      Matcher stamp = TIME.matcher(line);
      Matcher move = MOVE.matcher(line);
      if (stamp.find()) {
        time = stamp.group(1) + String.format(".%06d", Long.parseLong(stamp.group(2)));
      } else if (move.find()
          && move.group(1).equals(mac)
          && move.group(3).equals(bridge)
          && (moves.isEmpty() || !moves.getLast().port().equals(move.group(2)))) {
        moves.add(new Move(move.group(2), time));
      }
    }
    return moves;
  }

  boolean isAlive() {
    return process.isAlive();
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
