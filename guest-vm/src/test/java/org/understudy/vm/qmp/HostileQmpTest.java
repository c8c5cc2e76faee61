package org.understudy.vm.qmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A QEMU in enemy hands may end the connection, and do nothing else. */
@Timeout(600)
final class HostileQmpTest {
  private static final long SEED = Long.getLong("qmp.seed", new SplittableRandom().nextLong());
  private static final long TIMEOUT_NS = 60_000_000_000L;
  private static final int MUTATIONS = 300;
  private static final QmpEvent.Listener IGNORE = event -> {};

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hello",
        "[]",
        "{}",
        "null",
        "{\"return\": {}, \"id\": 1}",
        "{\"QMP\": {}}",
        "{\"QMP\": {\"version\": {\"qemu\": {\"micro\": 1, \"minor\": 2, \"major\": \"x\"}}}}",
        "{\"QMP\": {\"version\": {\"qemu\": {\"micro\": 1, \"minor\": 2, \"major\": 1e99}}}}"
      })
  void shouldRefuseWhatIsNoGreeting(String line) throws Exception {
    try (FakeQemu qemu = new FakeQemu(folder, FakeQemu.bytes(line + "\n"), List.of())) {
      assertThatThrownBy(() -> QmpClient.connect(qemu.socket, IGNORE, TIMEOUT_NS).close())
          .isInstanceOf(QmpClosedException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"return\": {}}",
        "{\"return\": {}, \"id\": 3}",
        "{\"return\": {}, \"id\": -1}",
        "{\"return\": {}, \"id\": 1e400}",
        "{\"return\": {}, \"return\": {}, \"id\": 2}",
        "{\"return\": {}, \"id\": 2} {}",
        "{\"error\": 1, \"id\": 2}",
        "{\"error\": {\"class\": \"GenericError\"}, \"id\": 2}",
        "{\"event\": {}}",
        "{\"event\": \"STOP\", \"data\": []}",
        FakeQemu.GREETING
      })
  void shouldCloseOnABreachOfTheProtocol(String line) throws Exception {
    try (FakeQemu qemu = FakeQemu.negotiating(folder, line + "\n");
        QmpClient client = QmpClient.connect(qemu.socket, IGNORE, TIMEOUT_NS)) {
      assertThatThrownBy(() -> client.execute(new QmpRequests.Stop(), TIMEOUT_NS))
          .isInstanceOf(QmpClosedException.class);
      assertThat(client.isOpen()).isFalse();
    }
  }

  @Test
  void shouldRefuseALineWithoutEnd() throws Exception {
    assertRefused("x".repeat(QmpLines.MAX_LINE_BYTES + 1), "more than " + QmpLines.MAX_LINE_BYTES);
  }

  @Test
  void shouldRefuseDeepNesting() throws Exception {
    int deep = 100_000;
    assertRefused("{\"return\":" + "[".repeat(deep) + "]".repeat(deep) + ",\"id\":2}\n", "depth");
  }

  private void assertRefused(String reply, String reason) throws Exception {
    try (FakeQemu qemu = FakeQemu.negotiating(folder, reply);
        QmpClient client = QmpClient.connect(qemu.socket, IGNORE, TIMEOUT_NS)) {
      assertThatThrownBy(() -> client.execute(new QmpRequests.Stop(), TIMEOUT_NS))
          .isInstanceOf(QmpClosedException.class)
          .hasMessageContaining(reason);
    }
  }

  @Test
  void shouldAnswerOrCloseWhateverIsChangedInASession() throws Exception {
    System.out.println("qmp.seed=" + SEED);
    SplittableRandom random = new SplittableRandom(SEED);
    byte[] session =
        FakeQemu.bytes(
            "{\"timestamp\": {\"seconds\": 1, \"microseconds\": 2}, \"event\": \"STOP\"}\r\n"
                + "{\"return\": {\"status\": \"running\", \"running\": true}, \"id\": 2}\r\n");
    for (int i = 0; i < MUTATIONS; i++) {
      byte[] changed = mutate(session, random);
      // A line that never ends is a time-out; a bad line after it ends the session at once.
      byte[] reply = Arrays.copyOf(changed, changed.length + 3);
      System.arraycopy(FakeQemu.bytes("\nx\n"), 0, reply, changed.length, 3);
      List<byte[]> replies = List.of(FakeQemu.bytes(FakeQemu.NEGOTIATED), reply);
      try (FakeQemu qemu = new FakeQemu(folder, FakeQemu.bytes(FakeQemu.GREETING), replies);
          QmpClient client = QmpClient.connect(qemu.socket, IGNORE, TIMEOUT_NS)) {
        assertThat(client.execute(new QmpRequests.QueryStatus(), TIMEOUT_NS)).isNotNull();
      } catch (QmpTimeoutException e) {
        throw new AssertionError("neither answered nor closed: change " + i, e);
      } catch (QmpException e) {
        assertThat(e.getMessage()).isNotBlank();
      }
    }
  }

  private static byte[] mutate(byte[] session, SplittableRandom random) {
    byte[] changed = session.clone();
    for (int changes = random.nextInt(1, 6); changes > 0; changes--) {
      changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
    }
    return random.nextInt(4) == 0
        ? Arrays.copyOf(changed, random.nextInt(changed.length))
        : changed;
  }
}
