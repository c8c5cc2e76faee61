package org.understudy.protocol.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.understudy.protocol.codecs.CheckpointKind;
import org.understudy.protocol.codecs.GoodbyeReason;
import org.understudy.protocol.codecs.InputKind;
import org.understudy.protocol.codecs.NodeRole;
import org.understudy.protocol.wire.CheckpointTrailer;
import org.understudy.protocol.wire.CheckpointWriter;
import org.understudy.protocol.wire.SendStatus;
import org.understudy.protocol.wire.WireLimits;

class ReplicationLinkTest {
  private static final long GENERATION = 3;
  private static final long SESSION = 0x5e55;

  @TempDir Path root;
  private LinkPair pair;

  @AfterEach
  void close() {
    if (pair != null) {
      pair.close();
    }
  }

  private LinkPair open(UnaryOperator<LinkContext> settings) {
    pair = new LinkPair(root, settings);
    pair.awaitConnected();
    pair.bind(GENERATION, SESSION);
    return pair;
  }

  @Test
  void shouldDeliverBothWaysWhenConnected() {
    open(c -> c);
    assertThat(pair.left.sender().heartbeat(NodeRole.PRIMARY, 4)).isEqualTo(SendStatus.SENT);
    assertThat(pair.right.sender().ack(7)).isEqualTo(SendStatus.SENT);
    pair.await("delivered", () -> sizes() == 2);
    assertThat(pair.rightListener.calls).containsExactly("heartbeat PRIMARY 4");
    assertThat(pair.leftListener.calls).containsExactly("ack 7");
  }

  @Test
  void shouldStopTheDutyCycleWhenAMessageCannotBeHandled() {
    open(c -> c);
    pair.rightListener.failAt = 5;
    pair.left.sender().outputAck(5);
    pair.left.sender().outputAck(6);
    assertThatThrownBy(() -> pair.await("never", () -> false))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("cannot handle output ack 5");
    assertThat(pair.rightListener.calls).isEmpty();
  }

  private int sizes() {
    return pair.leftListener.calls.size() + pair.rightListener.calls.size();
  }

  @Test
  void shouldReassembleEveryMessageWhenAnEpochIsLargerThanTheWindow() {
    open(c -> c.mtuLength(LinkConfiguration.MTU_ETHERNET));
    List<String> expected = sendEpoch(5, 24, WireLimits.MAX_DATA_BYTES);
    pair.await("epoch", () -> pair.rightListener.calls.size() == expected.size());
    assertThat(pair.rightListener.calls).isEqualTo(expected);
    assertThat(pair.left.traffic().backPressured()).isPositive();
    assertThat(pair.rightListener.bad).isEmpty();
  }

  /** Sends an epoch, driving both links while it is back pressured; returns what must arrive. */
  private List<String> sendEpoch(long epoch, int batches, int bytes) {
    List<String> expected = new ArrayList<>();
    UnsafeBuffer buffer = new UnsafeBuffer(ByteBuffer.allocateDirect(WireLimits.MAX_MESSAGE_BYTES));
    CheckpointWriter writer = new CheckpointWriter();
    Random random = new Random(epoch);
    send(buffer, writer.begin(buffer, 0, epoch, CheckpointKind.CHECKPOINT, 0, epoch - 1));
    expected.add("begin " + epoch + " CHECKPOINT 0 " + (epoch - 1));
    long payload = 0;
    for (int i = 0; i < batches; i++) {
      int length = i == 0 ? bytes : random.nextInt(bytes + 1);
      byte[] data = new byte[length];
      random.nextBytes(data);
      buffer.putBytes(CheckpointWriter.BATCH_OVERHEAD, data);
      expected.add(
          "batch "
              + epoch
              + " "
              + i
              + " "
              + RecordingListener.digest(buffer, CheckpointWriter.BATCH_OVERHEAD, length));
      send(buffer, writer.batch(buffer, 0, length));
      payload += length;
    }
    CheckpointTrailer trailer = new CheckpointTrailer();
    trailer.inputPosition = 900;
    send(buffer, writer.end(buffer, 0, trailer));
    expected.add("end " + epoch + " " + batches + " 0 " + payload + " 900 0 0 0 whole");
    return expected;
  }

  private void send(UnsafeBuffer buffer, int length) {
    pair.await("sent", () -> pair.left.sender().send(buffer, 0, length).sent());
  }

  @Test
  void shouldDropAndCountWhenGenerationOrSessionIsAnother() {
    open(c -> c);
    pair.left.session().bind(GENERATION, SESSION + 1);
    pair.left.sender().ack(1);
    pair.left.session().bind(GENERATION - 1, SESSION);
    pair.left.sender().ack(2);
    pair.left.session().bind(GENERATION, SESSION);
    pair.left.sender().ack(3);
    pair.await("the sound one", () -> !pair.rightListener.calls.isEmpty());
    assertThat(pair.rightListener.calls).containsExactly("ack 3");
    assertThat(pair.rightListener.stale).isEqualTo(2);
    assertThat(pair.right.traffic().staleMessages()).isEqualTo(2);
  }

  @Test
  void shouldNoticeAndReconnectWhenThePeerRestarts() {
    open(c -> c.peerTimeoutNs(TimeUnit.MILLISECONDS.toNanos(500)));
    pair.right.sender().ack(1);
    pair.await("ack", () -> !pair.leftListener.calls.isEmpty());
    pair.right.close();
    pair.right = null;
    pair.await("lost", () -> pair.leftListener.currentLost == 1 && !pair.left.isConnected());
    assertThat(pair.left.sender().ack(2)).isEqualTo(SendStatus.NOT_CONNECTED);
    pair.left.renew();
    assertThat(pair.left.session().isBound()).isFalse();
    pair.openRight();
    pair.awaitConnected();
    pair.bind(GENERATION, SESSION + 9);
    UnsafeBuffer data = new UnsafeBuffer(new byte[200_000]);
    pair.left.sender().input(1, 2, InputKind.BYTES, 3, data, 0, 200_000);
    pair.await("input", () -> !pair.rightListener.calls.isEmpty());
    assertThat(pair.rightListener.calls.get(0)).startsWith("input 1 2 BYTES 3 200000:");
  }

  @Test
  void shouldReconnectWhenOnlyOneSideRenews() {
    open(c -> c);
    pair.left.sender().ack(1);
    pair.await("ack", () -> pair.rightListener.calls.size() == 1);
    pair.left.renew();
    pair.await("old stream gone", () -> pair.rightListener.currentLost == 1);
    pair.await("new stream", () -> pair.left.isConnected() && pair.right.isPeerThere());
    pair.left.session().bind(GENERATION, SESSION);
    pair.left.sender().ack(2);
    pair.await("ack", () -> pair.rightListener.calls.size() == 2);
  }

  @Test
  void shouldFlushTheGoodbyeWhenAsked() {
    open(c -> c);
    pair.left.sender().goodbye(GoodbyeReason.ORDERLY_END, "stopped by hand");
    pair.await("flushed", pair.left::isFlushed);
    pair.left.close();
    pair.left = null;
    pair.await("goodbye", () -> !pair.rightListener.calls.isEmpty());
    assertThat(pair.rightListener.calls).containsExactly("goodbye ORDERLY_END stopped by hand");
  }
}
