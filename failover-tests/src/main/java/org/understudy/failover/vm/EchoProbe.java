package org.understudy.failover.vm;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Asks the guest's kernel for an echo every 5 ms, by {@code ping}: nobody sends a lost one again,
 * so that each frame that does not reach the guest is seen. Not more often, since all answers to
 * what came while the guest stood still arrive at once, and the socket of {@code ping} holds some
 * 150 of them.
 */
final class EchoProbe implements AutoCloseable {
  private static final int ECHOES = 1_200;
  private static final int INTERVAL_MS = 5;
  private static final Pattern SUMMARY =
      Pattern.compile(
          "(\\d+) packets transmitted, (\\d+) received(?:, \\+(\\d+) duplicates)?"
              + "(?:, \\+(\\d+) errors)?,");

  /** With {@code -D} the instant at which it came stands before each answer. */
  private static final Pattern ANSWER =
      Pattern.compile("\\[(\\d+\\.\\d+)\\] .*icmp_seq=(\\d+) ttl.* time=([\\d.]+) ms");

  private final Process process;
  private final CompletableFuture<String> output;

  private volatile double orderedAtSeconds;

  /**
   * What became of the echoes.
   *
   * @param sent asked for
   * @param lost never answered
   * @param doubled answered twice
   * @param text what the program said, and when each that was lost had been sent
   */
  record Result(int sent, int lost, int doubled, String text) {
    static Result of(String said, double orderedAtSeconds) {
      Matcher matcher = SUMMARY.matcher(said);
      if (!matcher.find()) {
        throw new IllegalStateException("ping said: " + said);
      }
      int sent = Integer.parseInt(matcher.group(1));
      int doubled = matcher.group(3) == null ? 0 : Integer.parseInt(matcher.group(3));
      return new Result(
          sent,
          sent - Integer.parseInt(matcher.group(2)),
          doubled,
          said.substring(said.indexOf("---")).strip() + lost(said, sent, orderedAtSeconds));
    }

    private static String lost(String said, int sent, double orderedAtSeconds) {
      TreeMap<Integer, Double> sentAtSeconds = new TreeMap<>();
      ANSWER
          .matcher(said)
          .results()
          .forEach(answer -> {
            double tookSeconds = Double.parseDouble(answer.group(3)) / 1_000;
            sentAtSeconds.putIfAbsent(
                Integer.parseInt(answer.group(2)),
                Double.parseDouble(answer.group(1)) - tookSeconds);
          });
      StringBuilder text = new StringBuilder();
      for (int i = 1; i <= sent; i++) {
        if (!sentAtSeconds.containsKey(i)) {
          text.append("\nwithout an answer: ").append(i).append(", sent ");
          var before = sentAtSeconds.floorEntry(i);
          text.append(
              before == null
                  ? "before the first that was answered"
                  : Math.round((before.getValue() - orderedAtSeconds) * 1_000)
                      + INTERVAL_MS * (i - before.getKey())
                      + " ms after the order");
        }
      }
      return text.toString();
    }
  }

  EchoProbe(String address) throws IOException {
    process =
        new ProcessBuilder(
                List.of(
                    "ping",
                    "-n",
                    "-D",
                    "-i",
                    "0.00" + INTERVAL_MS,
                    "-c",
                    "" + ECHOES,
                    "-W",
                    "20",
                    address))
            .redirectErrorStream(true)
            .start();
    output =
        CompletableFuture.supplyAsync(() -> {
          try {
            return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
          } catch (IOException e) {
            return e.toString();
          }
        });
  }

  /** The order is given now, to which what is lost is related. */
  void onOrder() {
    orderedAtSeconds = System.currentTimeMillis() / 1_000.0;
  }

  /** Waits until all were sent and answered, or no more answers are to be expected. */
  Result await() throws InterruptedException {
    try {
      return Result.of(output.get(), orderedAtSeconds);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
