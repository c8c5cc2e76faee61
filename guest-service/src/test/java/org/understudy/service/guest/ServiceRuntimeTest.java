package org.understudy.service.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.service.memory.ProtectedMemory;

@ParameterizedClass(name = "restore after every event: {0}")
@ValueSource(booleans = {false, true})
class ServiceRuntimeTest {
  private static final long MEMORY = 4 << 20;

  private final boolean restore;
  private ServiceHarness harness;
  private ServiceRuntime runtime;

  ServiceRuntimeTest(boolean restore) {
    this.restore = restore;
    use(ServiceSettings.DEFAULT);
  }

  private void use(ServiceSettings settings) {
    harness = new ServiceHarness(EchoService.DEFINITION, MEMORY, settings, restore);
    runtime = harness.runtime();
  }

  @Test
  void shouldStartOnceWhenRestoredOften() {
    harness.open(1);
    harness.restore();
    harness.restore();

    assertThat(harness.send(1, "hello\n")).isEqualTo("1 hello\n");
    assertThat(runtime.root(1)).isEqualTo(1);
  }

  @Test
  void shouldJoinInputWhenItComesInPieces() {
    harness.open(1);

    assertThat(harness.send(1, "one\ntw")).isEqualTo("1 one\n");
    assertThat(harness.send(1, "")).isEmpty();
    assertThat(harness.send(1, "o")).isEmpty();
    assertThat(harness.send(1, "\nthree\n")).isEqualTo("2 two\n3 three\n");
  }

  @Test
  void shouldCloseSessionWhenRemainderIsTooLong() {
    harness.open(1);
    harness.open(2);

    assertThat(harness.send(1, "x".repeat(64 * 1024))).isEmpty();
    assertThat(harness.isClosed(1)).isFalse();
    harness.send(1, "x");

    assertThat(harness.isClosed(1)).isTrue();
    assertThat(runtime.isOpen(1)).isFalse();
    assertThat(runtime.root(2)).isEqualTo(1);
    assertThat(harness.send(1, "late\n")).isEmpty();
    assertThat(harness.send(2, "on\n")).isEqualTo("1 on\n");
  }

  @Test
  void shouldContinueInputWhenReplyLimitIsMet() {
    use(ServiceSettings.DEFAULT.withReplyLimitBytes(4096));
    harness.open(1);
    StringBuilder lines = new StringBuilder();
    StringBuilder expected = new StringBuilder();
    for (int i = 1; i <= 3000; i++) {
      lines.append("line").append(i).append(" of a long pipeline of requests\n");
      expected.append(i).append(" line").append(i).append(" of a long pipeline of requests\n");
    }

    assertThat(harness.send(1, lines.toString())).isEqualTo(expected.toString());
  }

  @Test
  void shouldRefuseReplyWhenOverItsLimit() {
    use(ServiceSettings.DEFAULT.withReplyLimitBytes(4096));
    harness.open(1);

    assertThat(harness.send(1, "fill 4096\n")).hasSize(4096);
    assertThatThrownBy(() -> harness.send(1, "fill 4097\n"))
        .hasMessageContaining("4097")
        .hasMessageContaining("4096 bytes left");
  }

  @Test
  void shouldForgetSessionWhenItCloses() {
    harness.open(1);
    harness.send(1, "unfinished");
    harness.close(1);
    harness.close(1);

    assertThat(runtime.sessions()).isZero();
    assertThat(runtime.root(2)).isEqualTo(1);
    assertThat(harness.send(1, "x\n")).isEmpty();
    harness.open(2);
    assertThat(harness.send(2, "quit\nignored\n")).isEqualTo("bye\n");
    assertThat(harness.isClosed(2)).isTrue();
    assertThat(runtime.sessions()).isZero();
  }

  @Test
  void shouldFireTimersInOrderWhenTimePasses() {
    for (long id = 1; id <= 200; id++) {
      harness.open(id);
      harness.send(id, "timer " + (1000 - id) + "\n");
    }
    assertThat(harness.send(7, "timer 5000\n")).isEmpty();
    assertThat(harness.send(8, "cancel\ncancel\n")).isEqualTo("true\nfalse\n");

    harness.advance(899);
    assertThat(runtime.root(3)).isEqualTo(100);
    harness.advance(101);
    assertThat(runtime.root(3)).isEqualTo(198);
    assertThat(runtime.timers().dueNs(7)).isEqualTo(5001);
    harness.advance(4000);

    assertThat(runtime.root(3)).isEqualTo(199);
    assertThat(new String(harness.take(7), java.nio.charset.StandardCharsets.US_ASCII))
        .isEqualTo("timer\n");
    assertThat(runtime.timers().size()).isZero();
    assertThat(runtime.nextTimerNs()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void shouldCloseNewSessionWhenThereAreTooMany() {
    use(ServiceSettings.DEFAULT.withBounds(100, 4096));
    for (long id = 1; id <= 101; id++) {
      harness.open(id);
    }

    assertThat(harness.isClosed(101)).isTrue();
    assertThat(harness.isClosed(100)).isFalse();
    assertThat(runtime.sessions()).isEqualTo(100);
    harness.close(50);
    harness.open(102);
    assertThat(harness.send(102, "in\n")).isEqualTo("1 in\n");
  }

  @Test
  void shouldKeepRoomForSessionsWhenServiceFillsMemory() {
    harness.open(1);
    assertThatThrownBy(
            () -> {
              while (true) {
                harness.send(1, "allocate 1000\n");
              }
            })
        .hasMessageContaining("out of protected memory");

    harness.open(2);
    assertThat(harness.send(2, "par")).isEmpty();
    assertThat(harness.send(2, "tial\n")).isEqualTo("1 partial\n");
  }

  @Test
  void shouldRefuseMemoryWhenItIsNotAService() {
    ProtectedMemory blank = ProtectedMemory.unprotected(1 << 20);

    assertThatThrownBy(
            () -> ServiceRuntime.restore(blank, EchoService.DEFINITION, ServiceSettings.DEFAULT))
        .hasMessageContaining("holds no service");
  }
}
