package org.understudy.protocol.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.understudy.pair.ownership.NodeId;
import org.understudy.protocol.seal.SealIdentity;
import org.understudy.protocol.seal.SealKey;

/** A probe that proves who asks, at a monitor that runs. */
class SealedProbeTest {
  private static final NodeId SELF = new NodeId("a", 1);
  private static final NodeId OWNER = new NodeId("b", 2);
  private static final MonitorProbe.Answer OWNER_IS_THERE = new MonitorProbe.Answer(true, OWNER);
  private static final MonitorProbe.Answer SOMEBODY = new MonitorProbe.Answer(true, null);
  private static final SealKey OLD = key(1);
  private static final SealKey NEW = key(2);
  private static final int PATIENCE_MS = 20_000;

  private final AtomicBoolean isOver = new AtomicBoolean();
  private TcpPeerMonitor owner;
  private Thread agent;

  private static SealKey key(int number) {
    byte[] secret = new byte[32];
    secret[0] = (byte) number;
    return new SealKey(number, secret);
  }

  private static SealIdentity seal(String self, String peer, SealKey... keys) {
    return new SealIdentity(self, peer, List.of(keys));
  }

  private void start(SealIdentity seal) {
    MonitorContext context =
        new MonitorContext()
            .node(OWNER)
            .pairId("pair")
            .listenEndpoint("127.0.0.1:0")
            .peerEndpoint("127.0.0.1:1")
            .seal(seal);
    owner = new TcpPeerMonitor(context, new PeerMonitorListener() {});
    agent =
        Thread.ofPlatform()
            .start(() -> {
              while (!isOver.get()) {
                owner.doWork(System.nanoTime());
                Thread.onSpinWait();
              }
            });
  }

  @AfterEach
  void stop() throws InterruptedException {
    isOver.set(true);
    if (agent != null) {
      agent.join();
      owner.close();
    }
  }

  private MonitorProbe.Answer ask(SealIdentity seal) {
    return ask(owner.localPort(), seal);
  }

  private static MonitorProbe.Answer ask(int port, SealIdentity seal) {
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    return MonitorProbe.ask(address, "pair", SELF, seal, PATIENCE_MS);
  }

  @Test
  void shouldNameWhoAnswersUnderTheSameKey() {
    start(seal("b", "a", OLD));
    assertThat(ask(seal("a", "b", OLD))).isEqualTo(OWNER_IS_THERE);
  }

  @Test
  void shouldNameWhoAnswersUnderAnyKeyInCommon() {
    start(seal("b", "a", OLD));
    assertThat(ask(seal("a", "b", NEW, OLD))).isEqualTo(OWNER_IS_THERE);
  }

  /** Who cannot say who it is may be the owner all the same. */
  @Test
  void shouldSayThatSomebodyIsThereWhenNothingIsProved() {
    start(seal("b", "a", OLD));
    assertThat(ask(seal("a", "b", NEW))).as("another key").isEqualTo(SOMEBODY);
    assertThat(ask(seal("a", "c", OLD))).as("another name").isEqualTo(SOMEBODY);
    assertThat(ask(null)).as("in the clear").isEqualTo(SOMEBODY);
  }

  @Test
  void shouldSayThatSomebodyIsThereWhenTheOwnerIsInTheClear() {
    start(null);
    assertThat(ask(seal("a", "b", OLD))).isEqualTo(SOMEBODY);
  }

  /** It takes the first connection, and no second one: that was somebody all the same. */
  @Test
  void shouldNotForgetWhomItMetWithAKeyBefore() throws Exception {
    ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    Thread leaving =
        Thread.ofPlatform()
            .start(() -> {
              try (Socket connection = server.accept()) {
                server.close();
                connection.shutdownOutput();
                connection.getInputStream().readAllBytes();
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            });
    assertThat(ask(server.getLocalPort(), seal("a", "b", NEW, OLD))).isEqualTo(SOMEBODY);
    leaving.join();
  }
}
