package org.understudy.protocol.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.aeron.driver.MediaDriver;
import io.aeron.driver.ext.DebugReceiveChannelEndpoint;
import io.aeron.driver.ext.DebugSendChannelEndpoint;
import io.aeron.driver.ext.LossGenerator;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.understudy.protocol.codecs.InputKind;

class LossTest {
  private static final int MESSAGES = 300;
  private static final int MESSAGE_BYTES = 20_000;

  @TempDir Path root;
  private LinkPair pair;

  /** Drops a share of the frames, or all of them while the link is cut; counts what it dropped. */
  private static final class Loss implements LossGenerator {
    private final Random random;
    private final double share;
    volatile boolean cut;
    volatile int dropped;

    Loss(long seed, double share) {
      this.random = new Random(seed);
      this.share = share;
    }

    @Override
    public boolean shouldDropFrame(InetSocketAddress address, UnsafeBuffer buffer, int length) {
      boolean drop = cut || random.nextDouble() < share;
      dropped += drop ? 1 : 0;
      return drop;
    }

    void install(MediaDriver.Context driver) {
      driver
          .sendChannelEndpointSupplier((channel, status, context) ->
              new DebugSendChannelEndpoint(channel, status, context, this, this))
          .receiveChannelEndpointSupplier((channel, dispatcher, status, context) ->
              new DebugReceiveChannelEndpoint(channel, dispatcher, status, context, this, this));
    }
  }

  @AfterEach
  void close() {
    if (pair != null) {
      pair.close();
    }
  }

  private void open(Loss loss, long peerTimeoutNs) {
    pair =
        new LinkPair(
            root,
            c ->
                c.mtuLength(LinkConfiguration.MTU_ETHERNET)
                    .peerTimeoutNs(peerTimeoutNs)
                    .driverCustomizer(loss::install));
    pair.awaitConnected();
    pair.bind(1, 1);
  }

  private void sendAndExpect(int from, int count) {
    UnsafeBuffer data = new UnsafeBuffer(new byte[MESSAGE_BYTES]);
    for (int i = from; i < from + count; i++) {
      long sequence = i + 1;
      data.setMemory(0, MESSAGE_BYTES, (byte) i);
      pair.await(
          "sent",
          () ->
              pair.left
                  .sender()
                  .input(sequence, 0, InputKind.BYTES, 1, data, 0, MESSAGE_BYTES)
                  .sent());
    }
    pair.await("all there", () -> pair.rightListener.calls.size() >= from + count);
    for (int i = from; i < from + count; i++) {
      data.setMemory(0, MESSAGE_BYTES, (byte) i);
      String expected =
          "input " + (i + 1) + " 0 BYTES 1 " + RecordingListener.digest(data, 0, MESSAGE_BYTES);
      assertThat(pair.rightListener.calls.get(i)).isEqualTo(expected);
    }
  }

  @Test
  void shouldDeliverEverythingOnceAndInOrderWhenDatagramsAreLost() {
    long seed = Long.getLong("understudy.seed", System.nanoTime());
    System.out.println("LossTest understudy.seed=" + seed);
    Loss loss = new Loss(seed, 0.03);
    open(loss, TimeUnit.SECONDS.toNanos(10));
    sendAndExpect(0, MESSAGES);
    assertThat(pair.rightListener.calls).hasSize(MESSAGES);
    assertThat(loss.dropped).isPositive();
    assertThat(pair.rightListener.bad).isEmpty();
  }

  @Test
  void shouldKeepTheStreamWhenTheLinkIsCutForHalfTheTimeout() {
    long timeoutNs = TimeUnit.SECONDS.toNanos(3);
    Loss loss = new Loss(1, 0);
    open(loss, timeoutNs);
    sendAndExpect(0, 10);
    loss.cut = true;
    long until = System.nanoTime() + timeoutNs / 2;
    pair.await("half the time-out", () -> System.nanoTime() > until);
    loss.cut = false;
    sendAndExpect(10, 10);
    assertThat(loss.dropped).isPositive();
    assertThat(pair.rightListener.currentLost).isZero();
    assertThat(pair.leftListener.disconnects).isZero();
  }

  @Test
  void shouldLoseTheStreamAndTakeANewOneWhenTheCutIsLonger() {
    Loss loss = new Loss(1, 0);
    open(loss, LinkConfiguration.PEER_TIMEOUT_MIN_NS);
    sendAndExpect(0, 10);
    loss.cut = true;
    pair.await("both lost", () -> pair.rightListener.currentLost == 1 && !pair.left.isConnected());
    loss.cut = false;
    pair.left.renew();
    pair.right.renew();
    pair.awaitConnected();
    pair.bind(1, 2);
    sendAndExpect(10, 10);
  }
}
