package org.understudy.vm.qmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
final class QmpTriggerTest {
  private static final long TIMEOUT_NS = 60_000_000_000L;
  private static final long SHORT_NS = 50_000_000L;
  private static final String STOPPED =
      "{\"timestamp\": {\"seconds\": 1, \"microseconds\": 2}, \"event\": \"STOP\"}\r\n";

  @TempDir Path folder;

  @Test
  void shouldAskForNothingBeforeItIsPulled() throws Exception {
    try (FakeQemu qemu =
            FakeQemu.negotiating(
                folder,
                STOPPED + "{\"return\": {}, \"id\": 2}\r\n",
                "{\"return\": {}, \"id\": 3}\r\n");
        QmpTrigger trigger = QmpTrigger.connect(qemu.socket, TIMEOUT_NS)) {
      trigger.load(new QmpRequests.Stop());
      assertThatThrownBy(() -> trigger.await(SHORT_NS)).isInstanceOf(QmpTimeoutException.class);
      assertThat(qemu.received).as("whole requests").hasSize(1);
      trigger.pull();
      trigger.load(new QmpRequests.Cont()); // read while the first one is carried out
      trigger.await(TIMEOUT_NS);
      assertThat(qemu.received).hasSize(2);
      trigger.pull();
      trigger.await(TIMEOUT_NS);
      assertThat(qemu.received)
          .containsExactly(
              "{\"execute\":\"qmp_capabilities\",\"arguments\":{\"enable\":[\"oob\"]},\"id\":1}",
              "{\"execute\":\"stop\",\"id\":2}",
              "{\"execute\":\"cont\",\"id\":3}");
    }
  }

  @Test
  void shouldTellWhatQemuRefuses() throws Exception {
    try (FakeQemu qemu =
            FakeQemu.negotiating(
                folder,
                "{\"error\": {\"class\": \"GenericError\", \"desc\": \"no such file\"}, \"id\": 2}\n");
        QmpTrigger trigger = QmpTrigger.connect(qemu.socket, TIMEOUT_NS)) {
      trigger.load(new QmpRequests.SaveDevices(Path.of("/nowhere")));
      trigger.pull();
      trigger.load(new QmpRequests.Cont());
      assertThatThrownBy(() -> trigger.await(TIMEOUT_NS))
          .isInstanceOf(QmpErrorException.class)
          .hasMessageContaining("xen-save-devices-state")
          .hasMessageContaining("no such file");
    }
  }

  @Test
  void shouldTellOfAnAnswerToAnotherRequest() throws Exception {
    try (FakeQemu qemu = FakeQemu.negotiating(folder, "{\"return\": {}, \"id\": 7}\r\n");
        QmpTrigger trigger = QmpTrigger.connect(qemu.socket, TIMEOUT_NS)) {
      trigger.load(new QmpRequests.Stop());
      trigger.pull();
      assertThatThrownBy(() -> trigger.await(TIMEOUT_NS)).isInstanceOf(QmpFormatException.class);
    }
  }

  @Test
  void shouldTellThatTheConnectionEnded() throws Exception {
    FakeQemu qemu = new FakeQemu(folder, FakeQemu.bytes("{}\n"), List.of());
    try (qemu) {
      assertThatThrownBy(() -> QmpTrigger.connect(qemu.socket, TIMEOUT_NS))
          .isInstanceOf(QmpFormatException.class);
    }
    assertThatThrownBy(() -> QmpTrigger.connect(qemu.socket, TIMEOUT_NS))
        .isInstanceOf(IOException.class);
  }

  @Test
  void shouldRefuseToPullWhatIsNotLoaded() throws Exception {
    try (FakeQemu qemu = FakeQemu.negotiating(folder);
        QmpTrigger trigger = QmpTrigger.connect(qemu.socket, TIMEOUT_NS)) {
      assertThatThrownBy(trigger::pull).isInstanceOf(IllegalStateException.class);
      trigger.load(new QmpRequests.Stop());
      assertThatThrownBy(() -> trigger.load(new QmpRequests.Cont()))
          .isInstanceOf(IllegalStateException.class);
    }
  }
}
