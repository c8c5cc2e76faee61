package org.understudy.lab.vm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class StallProbeTest {
  private static final int REQUEST_BYTES = "*2\r\n$4\r\nINCR\r\n$1\r\nk\r\n".length();
  private static final int REQUESTS = 20;

  /** Answers the nth request with what the test wants; a negative number closes. */
  private static Tally probe(LongUnaryOperator answer) throws Exception {
    try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread server = Thread.ofVirtual().start(() -> serve(listener, answer));
      StallProbe probe =
          new StallProbe((InetSocketAddress) listener.getLocalSocketAddress(), "k", 5_000);
      try (probe) {
        while (!probe.isBroken() && probe.arrivals().repliedCount() < REQUESTS) {
          LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
      }
      server.join();
      return probe.tally();
    }
  }

  private static void serve(ServerSocket listener, LongUnaryOperator answer) {
    try (Socket socket = listener.accept()) {
      InputStream in = socket.getInputStream();
      OutputStream out = socket.getOutputStream();
      for (long number = 1; in.readNBytes(REQUEST_BYTES).length == REQUEST_BYTES; number++) {
        long reply = answer.applyAsLong(number);
        if (reply < 0) {
          return;
        }
        out.write((":" + reply + "\r\n").getBytes(StandardCharsets.US_ASCII));
      }
    } catch (IOException e) {
      // the probe has gone
    }
  }

  @Test
  void shouldFindNothingWrongWithACountThatGoesOn() throws Exception {
    Tally tally = probe(number -> number);

    assertThat(tally.isOk()).as("%s", tally.findings()).isTrue();
    assertThat(tally.operations()).isGreaterThanOrEqualTo(REQUESTS);
  }

  @Test
  void shouldFindIncrementsThatWereRolledBack() throws Exception {
    Tally tally = probe(number -> number <= 10 ? number : number - 3);

    assertThat(tally.lost()).isEqualTo(3);
  }

  @Test
  void shouldFindIncrementsThatWereDoneTwice() throws Exception {
    Tally tally = probe(number -> number <= 10 ? number : number + 2);

    assertThat(tally.duplicated()).isEqualTo(2);
  }

  @Test
  void shouldCountABreak() throws Exception {
    Tally tally = probe(number -> number <= 10 ? number : -1);

    assertThat(tally.broken()).isEqualTo(1);
  }
}
