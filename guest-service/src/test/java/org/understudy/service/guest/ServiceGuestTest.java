package org.understudy.service.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.understudy.checkpoint.guest.InputKind;
import org.understudy.checkpoint.track.TrackerKind;

class ServiceGuestTest {
  private static final long MEMORY = 4 << 20;
  private static final byte[] NONE = new byte[0];
  private static final long REMOTE = 5 * ServiceGuest.SESSION_BLOCK;

  private static GuestRig rig() {
    return rig(ServiceSettings.DEFAULT);
  }

  private static GuestRig rig(ServiceSettings settings) {
    return new GuestRig(EchoService.DEFINITION, MEMORY, settings, TrackerKind.WRITE_BARRIER);
  }

  @Test
  void shouldAnswerAtOnceWhenServingLocally() {
    try (GuestRig rig = rig()) {
      rig.guest.serveLocally(true);
      rig.await(() -> rig.front.accepting, "front accepts");
      long session = rig.front.firstSessionId;
      rig.front.connect(session);
      rig.front.send(session, "hello\nqu");
      rig.front.send(session, "it\n");

      rig.await(() -> rig.front.received(session).equals("1 hello\nbye\n"), "replies");
      rig.await(() -> !rig.front.isConnected(session), "session is closed");
      assertThat(session).isEqualTo(ServiceGuest.SESSION_BLOCK);
    }
  }

  @Test
  void shouldFireTimersByItselfWhenServingLocally() {
    try (GuestRig rig = rig()) {
      rig.guest.serveLocally(true);
      rig.front.connect(1);
      rig.front.send(1, "timer 3000000\n");

      rig.await(() -> rig.front.received(1).equals("timer\n"), "timer fires");
    }
  }

  @Test
  void shouldHoldLocalOutputWhenGateIsClosed() {
    try (GuestRig rig = rig()) {
      rig.guest.serveLocally(true);
      rig.front.connect(1);
      rig.front.send(1, "free\n");
      rig.await(() -> rig.front.received(1).equals("1 free\n"), "free reply");
      int[] epoch = {0};
      rig.host.onCheckpoint =
          () -> {
            if (epoch[0] == 0) {
              rig.guest.localGate().close();
            } else {
              rig.guest.localGate().cut(epoch[0]);
            }
            epoch[0]++;
          };
      rig.host.protect(1);
      rig.await(() -> rig.host.checkpoints() > 0, "epoch 0");

      int before = rig.host.checkpoints();
      rig.front.send(1, "held\n");
      rig.await(() -> rig.host.checkpoints() > before, "next epoch");
      rig.await(() -> rig.front.waitingEvents() == 0, "input taken");
      assertThat(rig.front.received(1)).isEqualTo("1 free\n");

      rig.guest.localGate().release(1000);
      rig.guest.wakeUp();
      rig.await(() -> rig.front.received(1).endsWith("2 held\n"), "released reply");

      rig.guest.localGate().open();
      rig.host.stop();
      rig.guest.stopTracking();
      rig.front.send(1, "solo\n");
      rig.await(() -> rig.front.received(1).endsWith("3 solo\n"), "solo reply");
      rig.guest.localGate().discard();
      rig.front.send(1, "lost\n");
      rig.await(() -> rig.front.waitingEvents() == 0, "input taken");
      assertThat(rig.front.received(1)).endsWith("3 solo\n");
    }
  }

  @Test
  void shouldCarryRemoteOutputInItsCheckpoint() {
    try (GuestRig rig = rig()) {
      rig.host.protect(2);
      rig.input(InputKind.SESSION_OPENED, 10, REMOTE, NONE);
      rig.text(11, REMOTE, "one\n");
      long last = rig.text(12, REMOTE, "two\nquit\n");
      rig.awaitPosition(last);

      StringBuilder all = new StringBuilder();
      for (ImageHost.Committed cut : rig.host.committed()) {
        cut.output().forEach(all::append);
      }
      assertThat(all.toString().replace(REMOTE + ":", ""))
          .isEqualTo("1 one\n2 two\nbye\n" + REMOTE + " closed");
      assertThat(rig.front.received(REMOTE)).isEmpty();
      List<ImageHost.Committed> cuts = rig.host.committed();
      assertThat(cuts.get(cuts.size() - 1).stampNs()).isGreaterThanOrEqualTo(12);
    }
  }

  @Test
  void shouldTellNextTimerAndFireItWhenItsInputComes() {
    try (GuestRig rig = rig()) {
      rig.host.protect(0);
      rig.input(InputKind.SESSION_OPENED, 10, REMOTE, NONE);
      rig.awaitPosition(rig.text(20, REMOTE, "timer 30\n"));
      List<ImageHost.Committed> cuts = rig.host.committed();
      assertThat(cuts.get(cuts.size() - 1).nextTimerNs()).isEqualTo(50);

      rig.awaitPosition(rig.input(InputKind.TIMER, 50, 0, NONE));
      cuts = rig.host.committed();
      // The timer is an event of its own, which may be cut off from the input that moved the clock.
      assertThat(cuts.stream().flatMap(cut -> cut.output().stream()))
          .containsExactly(REMOTE + ":timer\n");
      assertThat(cuts.get(cuts.size() - 1).nextTimerNs()).isEqualTo(Long.MAX_VALUE);
    }
  }

  @Test
  void shouldTakeNoMoreInputWhenOutputBoundIsMet() {
    ServiceSettings settings =
        ServiceSettings.DEFAULT.withHeldOutputBytes(64 * 1024).withBounds(100, 64 * 1024);
    try (GuestRig rig = rig(settings)) {
      rig.input(InputKind.SESSION_OPENED, 1, REMOTE, NONE);
      // Tracked, but nothing is ever captured: output piles up.
      rig.guest.startTracking();
      byte[] fill = "fill 10000\n".getBytes();
      rig.await(() -> isRefusedSoon(rig, fill), "input queue is full");
      int queued = rig.guest.queuedInputs();
      assertThat(queued).isPositive();

      rig.host.protect(0);
      rig.await(() -> rig.guest.queuedInputs() == 0, "queue drains");
      rig.awaitPosition(rig.text(3, REMOTE, "end\n"));
      long most =
          rig.host.committed().stream()
              .mapToLong(cut -> cut.output().stream().mapToLong(String::length).sum())
              .max()
              .orElse(0);
      assertThat(most).isLessThan(64 * 1024 + 10_000 + 100);
    }
  }

  /** Many at once: a thread that yields after each one gets nowhere on a busy machine. */
  private static boolean isRefusedSoon(GuestRig rig, byte[] bytes) {
    for (int i = 0; i < 1_000; i++) {
      if (!rig.offerMore(2, REMOTE, bytes)) {
        return true;
      }
    }
    return false;
  }

  @Test
  void shouldStayPausedWhenCaptureWasFinal() {
    try (GuestRig rig = rig()) {
      rig.host.protect(1);
      rig.input(InputKind.SESSION_OPENED, 10, REMOTE, NONE);
      rig.awaitPosition(rig.text(11, REMOTE, "one\n"));
      int before = rig.host.checkpoints();
      rig.host.finish();
      rig.await(() -> rig.host.checkpoints() > before, "final checkpoint");

      rig.offerMore(12, REMOTE, "two\n".getBytes());
      assertThat(rig.guest.queuedInputs()).isEqualTo(1);
    }
  }

  @Test
  void shouldStreamOutputWhenAsked() {
    try (GuestRig rig = rig(ServiceSettings.DEFAULT.withStreamOutput(true))) {
      rig.host.protect(0);
      rig.await(() -> rig.host.checkpoints() > 0, "epoch 0");
      rig.input(InputKind.SESSION_OPENED, 10, REMOTE, NONE);
      rig.text(11, REMOTE, "one\ntwo\n");
      rig.await(() -> rig.host.streamed().size() == 1, "first output");
      rig.host.linkFull = true;
      rig.text(12, REMOTE, "three\n");
      rig.text(13, REMOTE, "quit\n");
      rig.host.linkFull = false;
      rig.guest.wakeUp();
      rig.await(() -> rig.host.streamed().size() == 4, "all output");

      assertThat(rig.host.streamed())
          .containsExactly(
              "2 " + REMOTE + ":1 one\n2 two\n",
              "3 " + REMOTE + ":3 three\n",
              "4 " + REMOTE + ":bye\n",
              "4 " + REMOTE + " closed");
      assertThat(rig.host.committed()).allMatch(cut -> cut.output().isEmpty());
    }
  }

  @Test
  void shouldCloseRemoteSessionsWhenBackupIsGone() {
    try (GuestRig rig = rig()) {
      rig.host.protect(0);
      rig.input(InputKind.SESSION_OPENED, 10, REMOTE, NONE);
      rig.awaitPosition(rig.text(11, REMOTE, "one\n"));
      rig.host.stop();
      rig.guest.closeRemoteSessions();
      rig.guest.stopTracking();
      rig.guest.localGate().open();
      rig.guest.serveLocally(true);
      rig.await(() -> rig.front.accepting, "front accepts");

      long session = rig.front.firstSessionId;
      assertThat(session).isEqualTo(REMOTE + ServiceGuest.SESSION_BLOCK);
      rig.front.connect(session);
      rig.front.send(session, "mine\n");
      rig.await(() -> rig.front.received(session).equals("1 mine\n"), "reply");

      // A new backup: the remote session is no longer there, and its late input is ignored.
      rig.host.protect(1);
      rig.awaitPosition(rig.text(12, REMOTE, "late\n"));
      assertThat(rig.front.received(REMOTE)).isEmpty();
    }
  }

  @Test
  void shouldReportFailureWhenServiceThrows() {
    try (GuestRig rig = rig()) {
      rig.guest.serveLocally(true);
      rig.front.connect(1);
      rig.front.send(1, "fail\n");
      long deadline = System.nanoTime() + 20_000_000_000L;
      while (rig.host.failure == null && System.nanoTime() < deadline) {
        Thread.yield();
      }
      assertThat(rig.host.failure).hasMessage("asked to fail");
      rig.guest.close();
      rig.guest.close();
      assertThat(rig.front.closed).isTrue();
    }
  }

  @Test
  void shouldTakeLongInputsAndAnswerLongReplies() {
    try (GuestRig rig = rig()) {
      rig.host.protect(0);
      rig.input(InputKind.SESSION_OPENED, 10, REMOTE, NONE);
      String lines = "a line of input\n".repeat(50_000);
      rig.awaitPosition(rig.text(11, REMOTE, lines));
      rig.awaitPosition(rig.text(12, REMOTE, "fill 1000000\n"));
      long bytes =
          rig.host.committed().stream()
              .flatMap(cut -> cut.output().stream())
              .mapToLong(text -> text.length() - (REMOTE + ":").length())
              .sum();
      long numbers = 9 * 1L + 90 * 2 + 900 * 3 + 9000 * 4 + 40_001 * 5;
      assertThat(bytes).isEqualTo(50_000L * 17 + numbers + 1_000_000);
    }
  }
}
