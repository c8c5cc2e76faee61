package org.understudy.lab.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Recorded from wrk 4.1.0, and texts that are none of its. */
class WrkSummaryTest {
  private static final String HEAD =
      """
      Running 2m test @ http://127.0.0.1:8765/
        1 threads and 4 connections
        Thread Stats   Avg      Stdev     Max   +/- Stdev
          Latency     2.09ms    5.60ms  39.02ms   97.34%
          Req/Sec    94.05     20.77   121.00     75.00%
        188 requests in 2.00s, 103.00KB read
      """;
  private static final String TAIL =
      """
      Requests/sec:     93.87
      Transfer/sec:     51.43KB
      """;

  private static WrkSummary parse(String errors) throws IOException {
    return WrkSummary.parse(HEAD + errors + TAIL);
  }

  @Test
  void shouldFindNoErrorsWhereWrkTellsOfNone() throws IOException {
    assertThat(parse("")).isEqualTo(new WrkSummary(188, 0, 0, 0));
    assertThat(parse("").errors()).isZero();
  }

  @Test
  void shouldTellErrorsFromTimeouts() throws IOException {
    WrkSummary late = parse("  Socket errors: connect 0, read 0, write 0, timeout 4\n");
    assertThat(late).isEqualTo(new WrkSummary(188, 0, 0, 4));
    assertThat(late.errors()).isZero();

    WrkSummary killed =
        parse(
            "  Socket errors: connect 1, read 4, write 6222, timeout 0\n"
                + "  Non-2xx or 3xx responses: 92\n");
    assertThat(killed).isEqualTo(new WrkSummary(188, 6227, 92, 0));
    assertThat(killed.errors()).isEqualTo(6319);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "  Socket errors: connect 0, read x, write 0, timeout 0\n",
        "  Socket errors: connect 0, read -1, write 0, timeout 0\n",
        "  Socket errors: connect 0, read 0\n",
        "  Socket errors: connect 99999999999999999999, read 0, write 0, timeout 0\n",
        "  Non-2xx or 3xx responses: many\n",
        "  Other responses: 5\n",
        "  7 requests in 1.00s, 1.00KB read\n"
      })
  void shouldNotTakeWhatItCannotReadForNoError(String line) {
    assertThatThrownBy(() -> parse(line))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no summary");
  }

  @Test
  void shouldSayWhatWrkSaidInsteadOfASummary() {
    assertThatThrownBy(
            () -> WrkSummary.parse("unable to connect to 10.77.0.50:80 Connection refused\n"))
        .hasMessageContaining("Connection refused");
    assertThatThrownBy(() -> WrkSummary.parse("")).hasMessage("wrk said nothing");
    assertThatThrownBy(() -> WrkSummary.parse("requests in ".repeat(10_000)))
        .hasMessage("wrk printed 120000 characters");
    assertThatThrownBy(() -> WrkSummary.parse("\0".repeat(60_000)))
        .satisfies(e -> assertThat(e.getMessage().length()).isLessThan(400));
  }
}
