package org.understudy.failover.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.understudy.lab.judge.Break;
import org.understudy.lab.judge.History;
import org.understudy.lab.judge.LoadCommand;

/** What clients lost has to be explained by what died. */
class BreakAuditTest {
  private static final InetSocketAddress FRONT = new InetSocketAddress("127.0.0.1", 6379);
  private static final BreakAudit.Event PRIMARY =
      new BreakAudit.Event("kill 1, PRIMARY", 10, BreakAudit.Breaks.NEVER);
  private static final BreakAudit.Event BACKUP =
      new BreakAudit.Event("kill 2, BACKUP", 20, BreakAudit.Breaks.ONCE);

  private final History history = new History();
  private final List<Break> breaks = new ArrayList<>();

  private void unanswered(int connection, long atNs) {
    byte[] value = "v".getBytes(StandardCharsets.US_ASCII);
    history.begin(connection, 0, history.keyId("key"), LoadCommand.SET, value, atNs);
  }

  private void broken(int connection, long atNs, int unanswered) {
    breaks.add(new Break(connection, atNs, FRONT, unanswered, "reset"));
  }

  private List<String> findings() {
    return BreakAudit.findings(List.of(PRIMARY, BACKUP), breaks, history, 1);
  }

  @Test
  void shouldAcceptOneBreakAndOneUnknownPerClientOfADeadBackup() {
    for (int connection = 0; connection < 3; connection++) {
      unanswered(connection, 19);
      broken(connection, 25, 1);
    }

    assertThat(findings()).isEmpty();
  }

  @Test
  void shouldFindAConnectionThatOneDeathBreaksTwice() {
    unanswered(0, 19);
    broken(0, 25, 1);
    unanswered(0, 26);
    broken(0, 27, 1);

    assertThat(findings()).singleElement().asString().contains("kill 2").contains("second time");
  }

  @Test
  void shouldFindAConnectionThatBreaksThoughItsFrontLives() {
    broken(0, 5, 0);
    broken(1, 15, 0);

    assertThat(findings())
        .hasSize(2)
        .allMatch(finding -> finding.contains("did not end"))
        .anyMatch(finding -> finding.contains("before anything happened"))
        .anyMatch(finding -> finding.contains("kill 1, PRIMARY"));
  }

  @Test
  void shouldFindAnOperationThatIsNeverAnsweredThoughItsConnectionLives() {
    unanswered(4, 9);

    assertThat(findings()).singleElement().asString().contains("connection 4").contains("SET key");
  }

  @Test
  void shouldFindMoreUnknownOperationsThanWereInFlight() {
    unanswered(0, 18);
    unanswered(0, 19);
    broken(0, 25, 1);

    assertThat(findings()).singleElement().asString().contains("connection 0: 1 operations");
  }
}
