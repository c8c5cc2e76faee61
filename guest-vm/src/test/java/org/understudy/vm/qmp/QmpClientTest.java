package org.understudy.vm.qmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.understudy.vm.qmp.QmpRequests.MigrateSetCapabilities;
import org.understudy.vm.qmp.QmpRequests.QueryStatus;
import org.understudy.vm.qmp.QmpRequests.RunState;

/** Sessions recorded from QEMU 7.2, and what goes wrong in them. */
@Timeout(300)
final class QmpClientTest {
  private static final long TIMEOUT_NS = 60_000_000_000L;
  private static final long SHORT_NS = 50_000_000L;

  @TempDir Path folder;
  private final BlockingQueue<QmpEvent> events = new LinkedBlockingQueue<>();
  private final CompletableFuture<QmpException> closed = new CompletableFuture<>();

  private final QmpEvent.Listener listener =
      new QmpEvent.Listener() {
        @Override
        public void onEvent(QmpEvent event) {
          events.add(event);
        }

        @Override
        public void onClosed(QmpException cause) {
          closed.complete(cause);
        }
      };

  @Test
  void shouldNegotiateAskAndHearEvents() throws Exception {
    String stop =
        "{\"timestamp\": {\"seconds\": 1763735095, \"microseconds\": 1}, \"event\": \"STOP\"}\r\n";
    String migration =
        "{\"timestamp\": {\"seconds\": 1, \"microseconds\": 2}, \"event\": \"MIGRATION\", "
            + "\"data\": {\"status\": \"completed\"}}\r\n";
    String answer =
        "{\"return\": {\"status\": \"postmigrate\", \"singlestep\": false, \"running\": false}, "
            + "\"id\": 2}\r\n";
    try (FakeQemu qemu = FakeQemu.negotiating(folder, stop + migration + answer);
        QmpClient client = connect(qemu)) {
      assertThat(client.version().toString()).isEqualTo("7.2.22 Debian 1:7.2+dfsg-7+deb12u18");
      assertThat(client.execute(new QueryStatus(), TIMEOUT_NS))
          .isEqualTo(new RunState("postmigrate", false));
      assertThat(events.take().name()).isEqualTo("STOP");
      assertThat(events.take().text("status")).isEqualTo("completed");
      assertThat(qemu.received)
          .containsExactly(
              "{\"execute\":\"qmp_capabilities\",\"arguments\":{\"enable\":[\"oob\"]},\"id\":1}",
              "{\"execute\":\"query-status\",\"id\":2}");
    }
  }

  @Test
  void shouldSendArgumentsAsQemuWantsThem() throws Exception {
    try (FakeQemu qemu = FakeQemu.negotiating(folder, "{\"return\": {}, \"id\": 2}\r\n");
        QmpClient client = connect(qemu)) {
      client.execute(
          new MigrateSetCapabilities(Map.of("x-ignore-shared", true, "events", true)), TIMEOUT_NS);
      assertThat(qemu.received.get(1))
          .isEqualTo(
              "{\"execute\":\"migrate-set-capabilities\",\"arguments\":{\"capabilities\":["
                  + "{\"capability\":\"events\",\"state\":true},"
                  + "{\"capability\":\"x-ignore-shared\",\"state\":true}]},\"id\":2}");
    }
  }

  @Test
  void shouldNameCommandClassAndDescriptionWhenRefusedAndGoOn() throws Exception {
    String no =
        "{\"id\": 2, \"error\": {\"class\": \"GenericError\", \"desc\": \"Resetting the Virtual "
            + "Machine is required\"}}\r\n";
    String yes = "{\"return\": {\"status\": \"running\", \"running\": true}, \"id\": 3}\r\n";
    try (FakeQemu qemu = FakeQemu.negotiating(folder, no, yes);
        QmpClient client = connect(qemu)) {
      assertThatThrownBy(() -> client.execute(new QmpRequests.Cont(), TIMEOUT_NS))
          .isInstanceOfSatisfying(
              QmpErrorException.class,
              e -> {
                assertThat(e.command()).isEqualTo("cont");
                assertThat(e.errorClass()).isEqualTo("GenericError");
                assertThat(e.description()).startsWith("Resetting the Virtual");
              })
          .hasMessageContaining("cont")
          .hasMessageContaining("GenericError");
      assertThat(client.execute(new QueryStatus(), TIMEOUT_NS).running()).isTrue();
    }
  }

  @Test
  void shouldTimeOutAndDropTheLateAnswer() throws Exception {
    String late =
        "{\"return\": {}, \"id\": 2}\r\n"
            + "{\"return\": {\"status\": \"running\", \"running\": true}, \"id\": 3}\r\n";
    try (FakeQemu qemu = FakeQemu.negotiating(folder, "", late);
        QmpClient client = connect(qemu)) {
      assertThatThrownBy(() -> client.execute(new QmpRequests.Stop(), SHORT_NS))
          .isInstanceOf(QmpTimeoutException.class)
          .hasMessageContaining("stop");
      assertThat(client.execute(new QueryStatus(), TIMEOUT_NS).running()).isTrue();
    }
  }

  @Test
  void shouldNotQueueForeverWhenQemuIsStuck() throws Exception {
    try (FakeQemu qemu = FakeQemu.negotiating(folder);
        QmpClient client = connect(qemu)) {
      for (int i = 0; i < QmpClient.MAX_PENDING; i++) {
        assertThatThrownBy(() -> client.execute(new QmpRequests.Stop(), 1_000_000))
            .isInstanceOf(QmpTimeoutException.class);
      }
      assertThatThrownBy(() -> client.execute(new QmpRequests.Stop(), TIMEOUT_NS))
          .isInstanceOf(QmpTimeoutException.class)
          .hasMessageContaining("was not sent");
    }
  }

  @Test
  void shouldFailWhatWaitsWhenQemuDies() throws Exception {
    try (FakeQemu qemu =
            new FakeQemu(
                folder,
                FakeQemu.bytes(FakeQemu.GREETING),
                List.of(FakeQemu.bytes(FakeQemu.NEGOTIATED), FakeQemu.bytes("{\"ret\n")));
        QmpClient client = connect(qemu)) {
      assertThatThrownBy(() -> client.execute(new QmpRequests.Cont(), TIMEOUT_NS))
          .isInstanceOf(QmpClosedException.class)
          .hasMessageContaining("cont");
      assertThat(closed.get()).isInstanceOf(QmpFormatException.class);
      assertThat(client.isOpen()).isFalse();
      assertThatThrownBy(() -> client.execute(new QmpRequests.Cont(), TIMEOUT_NS))
          .isInstanceOf(QmpClosedException.class);
    }
  }

  @Test
  void shouldRefuseToSendWhatWouldNotFitTheSocketBuffer() throws Exception {
    try (FakeQemu qemu = FakeQemu.negotiating(folder);
        QmpClient client = connect(qemu)) {
      String uri = "unix:" + "x".repeat(QmpClient.MAX_REQUEST_BYTES);
      assertThatThrownBy(() -> client.execute(new QmpRequests.Migrate(uri), TIMEOUT_NS))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("migrate");
    }
  }

  private QmpClient connect(FakeQemu qemu) throws Exception {
    return QmpClient.connect(qemu.socket, listener, TIMEOUT_NS);
  }
}
