package org.understudy.primary.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.understudy.checkpoint.guest.Guest;
import org.understudy.checkpoint.guest.InputKind;

class InputBacklogTest {
  private final List<String> taken = new ArrayList<>();
  private int room;
  private final Guest guest =
      (Guest)
          Proxy.newProxyInstance(
              Guest.class.getClassLoader(),
              new Class<?>[] {Guest.class},
              (proxy, method, args) -> offer(args));

  private boolean offer(Object... args) {
    if (room == 0) {
      return false;
    }
    room--;
    UnsafeBuffer copy = new UnsafeBuffer(new byte[(int) args[6]]);
    copy.putBytes(0, (org.agrona.DirectBuffer) args[4], (int) args[5], (int) args[6]);
    taken.add(args[0] + " " + args[1] + " " + args[2] + " " + args[3] + " " + copy.capacity());
    return true;
  }

  private static boolean add(InputBacklog backlog, long sequence, int length) {
    UnsafeBuffer bytes = new UnsafeBuffer(new byte[length + 3]);
    return backlog.add(sequence, sequence * 10, InputKind.BYTES, 5, bytes, 3, length);
  }

  @Test
  void shouldGiveInputsInOrderWhenTheGuestTakesThemOneByOne() {
    InputBacklog backlog = new InputBacklog(1 << 16);
    for (int i = 1; i <= 5; i++) {
      assertThat(add(backlog, i, i * 7)).isTrue();
    }
    for (int i = 1; i <= 5; i++) {
      assertThat(backlog.drainTo(guest)).isZero();
      room = 1;
      assertThat(backlog.drainTo(guest)).isEqualTo(1);
      assertThat(taken.getLast()).isEqualTo(i + " " + i * 10 + " BYTES 5 " + i * 7);
    }
    assertThat(backlog.isEmpty()).isTrue();
  }

  @Test
  void shouldRefuseAndKeepWhatItHasWhenItIsFull() {
    InputBacklog backlog = new InputBacklog(1 << 14);
    int added = 0;
    while (add(backlog, added + 1, 1_000)) {
      added++;
    }
    assertThat(added).isBetween(5, 16);
    assertThat(backlog.count()).isEqualTo(added);
    room = 100;
    assertThat(backlog.drainTo(guest)).isEqualTo(added);
    assertThat(add(backlog, added + 1, 1_000)).isTrue();
    backlog.clear();
    assertThat(backlog.drainTo(guest)).isZero();
  }
}
