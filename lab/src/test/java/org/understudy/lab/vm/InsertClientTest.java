package org.understudy.lab.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class InsertClientTest {
  private static final int TIMEOUT_MS = 30_000;
  private static final long INTERVAL_NS = 1_000;

  /** What the client finds where the server counts like this, from 1. */
  private static List<String> findings(LongFunction<List<String>> server) throws Exception {
    Tally tally = new Tally();
    AtomicLong asked = new AtomicLong();
    try (FakePostgres fake = new FakePostgres(text -> server.apply(asked.incrementAndGet()));
        InsertClient client = new InsertClient(fake.address(), TIMEOUT_MS, 3, INTERVAL_NS, tally)) {
      await(() -> asked.get() >= 10 || !tally.isOk());
      client.stop();
      return tally.findings();
    }
  }

  private static void await(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      LockSupport.parkNanos(100_000);
    }
  }

  private static List<String> row(long value) {
    return List.of(Long.toString(value));
  }

  @Test
  void shouldFindNothingWhereEachTransactionTakesEffectOnce() throws Exception {
    assertThat(findings(InsertClientTest::row)).isEmpty();
  }

  @Test
  void shouldFindWhatIsLostDoubledWrongOrBroken() throws Exception {
    assertThat(findings(n -> row(n < 5 ? n : n - 1))).first().asString().startsWith("lost: ");
    assertThat(findings(n -> row(n < 5 ? n : n + 1))).anyMatch(f -> f.startsWith("doubled: "));
    assertThat(findings(n -> n < 5 ? row(n) : List.of())).anyMatch(f -> f.startsWith("wrong"));
    assertThat(findings(n -> n < 5 ? row(n) : null))
        .anyMatch(f -> f.startsWith("connection broken: client 3 after 4 entries"));
    assertThat(findings(n -> n < 5 ? row(n) : List.of("!", "could not write")))
        .anyMatch(f -> f.contains("could not write"));
  }

  @Test
  void shouldHoldWhatWasAcknowledgedAgainstWhatIsThere() throws Exception {
    Tally tally = new Tally();
    AtomicLong asked = new AtomicLong();
    try (FakePostgres fake = new FakePostgres(text -> row(asked.incrementAndGet()));
        InsertClient client = new InsertClient(fake.address(), TIMEOUT_MS, 3, INTERVAL_NS, tally)) {
      await(() -> client.acknowledged() >= 5);
      client.stop();
      String n = "" + client.acknowledged();
      String last = "" + (client.acknowledged() - 1);
      client.judgeReadBack(List.of("3", n, last, n, n));
      assertThat(tally.isOk()).isTrue();
      client.judgeReadBack(List.of("3", last, last, last, n));
      assertThat(tally.findings()).first().asString().startsWith("lost: client 3: number, entries");
      assertThat(client.arrivals().repliedCount()).isEqualTo((int) client.acknowledged());
    }
  }

  @Test
  void shouldTellTheServersWordsAndItsRows() throws Exception {
    try (FakePostgres fake =
            new FakePostgres(text -> text.equals("bad") ? List.of("!", "no") : List.of(text, ""));
        PgConnection connection = new PgConnection(fake.address(), TIMEOUT_MS)) {
      assertThat(connection.query("käse")).containsExactly(List.of("käse", ""));
      assertThatThrownBy(() -> connection.query("bad"))
          .isInstanceOf(PgConnection.RefusedException.class)
          .hasMessage("no");
      assertThat(connection.query("and again")).hasSize(1);
    }
  }
}
