package org.understudy.backup.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.understudy.checkpoint.guest.ClientFront;
import org.understudy.checkpoint.guest.OutputRecords;

class OutputDeliveryTest {
  private final List<String> seen = new ArrayList<>();

  /** Session to which nothing can be sent. */
  private long failing = -1;

  private final OutputDelivery output = new OutputDelivery(new RecordingFront(), 1 << 20);

  private static UnsafeBuffer record(long session, int... bytes) {
    UnsafeBuffer buffer = new UnsafeBuffer(new byte[OutputRecords.HEADER_BYTES + bytes.length]);
    int at = OutputRecords.putHeader(buffer, 0, session, bytes.length);
    for (int i = 0; i < bytes.length; i++) {
      buffer.putByte(at + i, (byte) bytes[i]);
    }
    return buffer;
  }

  private boolean commit(long epoch, boolean free, UnsafeBuffer record) {
    return output.committed(epoch, record, record.capacity(), free);
  }

  @Test
  void shouldKeepTheOrderWhenOutputWasHeldBefore() {
    assertThat(commit(1, false, record(5, 1))).isTrue();
    assertThat(commit(2, true, record(5, 2))).isTrue();
    assertThat(seen).isEmpty();
    output.release(2);
    assertThat(seen).containsExactly("send 5 [1]", "send 5 [2]");
    assertThat(commit(3, true, record(5, 3))).isTrue();
    assertThat(seen).endsWith("send 5 [3]");
  }

  @Test
  void shouldReleaseNoLaterEpochAndNothingThatWasDiscarded() {
    commit(1, false, record(5, 1));
    commit(2, false, record(6, 2));
    output.release(1);
    assertThat(seen).containsExactly("send 5 [1]");
    output.discard();
    output.release(Long.MAX_VALUE);
    assertThat(seen).hasSize(1);
    assertThat(output.heldBytes()).isZero();
  }

  @Test
  void shouldCloseASessionAfterItsOutputWhenTheGuestClosedIt() {
    UnsafeBuffer close = new UnsafeBuffer(new byte[OutputRecords.HEADER_BYTES]);
    OutputRecords.putHeader(close, 0, 5, OutputRecords.CLOSE);
    commit(1, false, record(5, 1));
    commit(1, false, close);
    output.release(1);
    assertThat(seen).containsExactly("send 5 [1]", "close 5");
  }

  @Test
  void shouldEndTheSessionWhoseOutputCannotBeSentAndPassNothingOver() {
    failing = 6;
    commit(1, false, record(5, 1));
    commit(1, false, record(6, 2));
    commit(1, false, record(7, 3));
    output.release(1);
    assertThat(seen).containsExactly("send 5 [1]", "close 6", "send 7 [3]");
  }

  @Test
  void shouldRefuseWhatCannotBeHeld() {
    UnsafeBuffer large = record(5, new int[20 << 20]);
    assertThat(commit(1, false, large)).isTrue();
    assertThat(commit(2, false, large)).isFalse();
    output.release(1);
    assertThat(seen).hasSize(1);
  }

  @Test
  void shouldSuppressOnReplayWhatLeftByItself() {
    UnsafeBuffer bytes = new UnsafeBuffer(new byte[] {1, 2, 3});
    assertThat(output.session(5, 40, bytes, 0, 3)).isTrue();
    assertThat(output.session(5, 40, bytes, 0, 0)).isTrue();
    assertThat(seen).containsExactly("send 5 [1, 2, 3]", "close 5");
    output.beyond().startReplay();
    assertThat(output.beyond().suppress(5, bytes, 0, 3)).isEqualTo(3);
    assertThat(output.beyond().suppress(5, bytes, 0, 3)).isZero();
  }

  private final class RecordingFront implements ClientFront {
    @Override
    public void startAccepting(long firstSessionId) {}

    @Override
    public void stopAccepting() {}

    @Override
    public int poll(Sink sink) {
      return 0;
    }

    @Override
    public void awaitReady(long timeoutNs) {}

    @Override
    public void wakeUp() {}

    @Override
    public void send(long sessionId, DirectBuffer buffer, int offset, int length) {
      if (sessionId == failing) {
        throw new OutOfMemoryError("to send");
      }
      byte[] bytes = new byte[Math.min(length, 3)];
      buffer.getBytes(offset, bytes);
      seen.add("send " + sessionId + " " + java.util.Arrays.toString(bytes));
    }

    @Override
    public void closeSession(long sessionId) {
      seen.add("close " + sessionId);
    }

    @Override
    public void closeSessions() {}

    @Override
    public boolean isConnected(long sessionId) {
      return true;
    }

    @Override
    public int sessions() {
      return 1;
    }

    @Override
    public long queuedBytes() {
      return 0;
    }

    @Override
    public void close() {}
  }
}
