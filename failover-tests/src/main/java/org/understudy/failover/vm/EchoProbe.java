package org.understudy.failover.vm;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.List;
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
  private static final Pattern SUMMARY =
      Pattern.compile(
          "(\\d+) packets transmitted, (\\d+) received(?:, \\+(\\d+) duplicates)?"
              + "(?:, \\+(\\d+) errors)?,");

  private static final Pattern ANSWER = Pattern.compile("icmp_seq=(\\d+) ttl");

  private final Process process;
  private final CompletableFuture<String> output;

  /**
   * What became of the echoes.
   *
   * @param sent asked for
   * @param lost never answered
   * @param doubled answered twice
   * @param text what the program said
   */
  record Result(int sent, int lost, int doubled, String text) {
    static Result of(String said) {
      Matcher matcher = SUMMARY.matcher(said);
      if (!matcher.find()) {
        throw new IllegalStateException("ping said: " + said);
      }
      int sent = Integer.parseInt(matcher.group(1));
      int doubled = matcher.group(3) == null ? 0 : Integer.parseInt(matcher.group(3));
      return new Result(
          sent, sent - Integer.parseInt(matcher.group(2)), doubled, summary(said, sent));
    }

    private static String summary(String said, int sent) {
      BitSet missing = new BitSet();
      missing.set(1, sent + 1);
      ANSWER
          .matcher(said)
          .results()
          .forEach(found -> missing.clear(Integer.parseInt(found.group(1))));
      return said.substring(said.indexOf("---")).strip()
          + (missing.isEmpty() ? "" : "\nwithout an answer: " + missing);
    }
  }

  EchoProbe(String address) throws IOException {
    process =
        new ProcessBuilder(
                List.of("ping", "-n", "-i", "0.005", "-c", "" + ECHOES, "-W", "20", address))
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

  /** Waits until all were sent and answered, or no more answers are to be expected. */
  Result await() throws InterruptedException {
    try {
      return Result.of(output.get());
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
