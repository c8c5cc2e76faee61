package org.understudy.vm.machine;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.understudy.vm.qmp.QmpEvent;

/** What is told of a machine that ends. */
class MachineWatchTest implements MachineWatch.Listener {
  private final MachineWatch watch = new MachineWatch();
  private final List<String> told = new ArrayList<>();

  @Override
  public void onGuestEnded(String reason) {
    told.add("ended: " + reason);
  }

  @Override
  public void onQemuGone(String reason) {
    told.add("gone: " + reason);
  }

  private void shutdown(String data) throws IOException {
    watch.onEvent(new QmpEvent("SHUTDOWN", new ObjectMapper().readTree(data), 0));
    watch.listener(this);
  }

  @Test
  void shouldTellThatTheGuestEndedWhenItShutItselfDown() throws IOException {
    shutdown("{\"guest\": true, \"reason\": \"guest-shutdown\"}");
    assertThat(told).containsExactly("ended: the guest was shut down: guest-shutdown");
  }

  /** SIGTERM of its QEMU, by a supervisor say: the other node has the guest too. */
  @Test
  void shouldNotTakeASignalToItsQemuForTheEndOfTheGuest() throws IOException {
    for (String reason : List.of("host-signal", "host-qmp-quit", "host-ui")) {
      shutdown("{\"guest\": false, \"reason\": \"" + reason + "\"}");
    }
    assertThat(told).isEmpty();
  }
}
