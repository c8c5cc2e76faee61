package org.understudy.lab.vm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class HttpLoadTest {
  private static final int REQUESTS = 10;

  /** One client; the answers from the tenth on are right, so that it goes on. */
  private static Tally load(UnaryOperator<String> answer) throws IOException, InterruptedException {
    CountDownLatch enough = new CountDownLatch(REQUESTS);
    AtomicInteger count = new AtomicInteger();
    UnaryOperator<String> counted =
        request -> {
          if (request.isEmpty()) {
            return FakeServer.response("", FakeServer.PAGE);
          }
          enough.countDown();
          return count.incrementAndGet() == 5
              ? answer.apply(request)
              : FakeServer.response(request, FakeServer.PAGE);
        };
    try (FakeServer server = new FakeServer(counted)) {
      HttpLoad load = new HttpLoad(server.address(), 1_000);
      try (load) {
        load.start(1);
        enough.await();
      }
      return load.tally();
    }
  }

  @Test
  void shouldCountRightResponses() throws Exception {
    Tally tally = load(request -> FakeServer.response(request, FakeServer.PAGE));

    assertThat(tally.isOk()).as("%s", tally.findings()).isTrue();
    assertThat(tally.operations()).isGreaterThanOrEqualTo(REQUESTS);
  }

  @Test
  void shouldSeeTheResponseOfThePreviousRequestAsDoubled() throws Exception {
    Tally tally = load(request -> FakeServer.response("c0-3", FakeServer.PAGE));

    assertThat(tally.duplicated()).isEqualTo(1);
  }

  @Test
  void shouldSeeTheResponseOfAnyOtherRequestAsOutOfOrder() throws Exception {
    Tally tally = load(request -> FakeServer.response("c0-1", FakeServer.PAGE));

    assertThat(tally.reordered()).isEqualTo(1);
  }

  @Test
  void shouldSeeAnotherPageAsWrong() throws Exception {
    Tally tally = load(request -> FakeServer.response(request, "<p>pagf</p>"));

    assertThat(tally.wrong()).isEqualTo(1);
  }

  @Test
  void shouldCountABrokenConnectionAndComeBack() throws Exception {
    Tally tally = load(request -> null);

    assertThat(tally.broken()).isEqualTo(1);
    assertThat(tally.operations()).isGreaterThanOrEqualTo(REQUESTS - 1);
  }

  @Test
  void shouldCountAResponseThatNeverComesAsLost() throws Exception {
    Tally tally = load(request -> "");

    assertThat(tally.lost()).isEqualTo(1);
  }
}
