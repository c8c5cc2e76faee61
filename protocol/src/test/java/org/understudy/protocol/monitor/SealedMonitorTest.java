package org.understudy.protocol.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.pair.ownership.NodeId;
import org.understudy.protocol.seal.SealIdentity;
import org.understudy.protocol.seal.SealKey;

/** The same where both nodes prove who they are, and what that is for. */
class SealedMonitorTest extends TcpPeerMonitorTest {
  private static final SealKey KEY = key(1);
  private static final SealKey OTHER_KEY = key(2);
  private static final PeerMonitorListener NOBODY = new PeerMonitorListener() {};

  private static SealKey key(int number) {
    return new SealKey(
        number,
        new byte[] {
          (byte) number,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0
        });
  }

  @Override
  SealIdentity seal(NodeId node) {
    return seal(node, KEY);
  }

  private static SealIdentity seal(NodeId node, SealKey... keys) {
    String peer = node.name().equals("alpha") ? "beta" : "alpha";
    return new SealIdentity(node.name(), peer, List.of(keys));
  }

  @Override
  byte[] answerTo(Socket connection, NodeId node) throws IOException {
    await("asked", () -> available(connection) > 0);
    InputStream in = connection.getInputStream();
    byte[] line = in.readNBytes(in.available());
    byte[] question = Arrays.copyOf(line, line.length - 1);
    return new Greeting(new MonitorHello("pair", node), seal(node), System::nanoTime)
        .judge(question)
        .answer();
  }

  @Test
  void shouldNotBindToWhoeverHasAnotherKey() throws IOException {
    int a = freePort();
    int b = freePort();
    TcpPeerMonitor alpha = monitor(ALPHA, "pair", a, b, recorder);
    TcpPeerMonitor beta = monitor(BETA, "pair", b, a, seal(BETA, OTHER_KEY), NOBODY);
    await("both refused", () -> alpha.strangers() > 2 && beta.strangers() > 2);
    assertThat(alpha.isPeerConnected() || beta.isPeerConnected()).isFalse();
    assertThat(events).containsOnly("stranger");
    assertThat(reasons).anyMatch(why -> why.contains("00000002") && why.contains("00000001"));
  }

  @Test
  void shouldNotBindToANodeOfAnotherName() throws IOException {
    int a = freePort();
    int b = freePort();
    TcpPeerMonitor alpha = monitor(ALPHA, "pair", a, b, recorder);
    NodeId gamma = new NodeId("gamma", 0xc1);
    TcpPeerMonitor stranger =
        monitor(gamma, "pair", b, a, new SealIdentity("gamma", "alpha", List.of(KEY)), NOBODY);
    await("both refused", () -> alpha.strangers() > 2 && stranger.strangers() > 2);
    assertThat(alpha.isPeerConnected() || stranger.isPeerConnected()).isFalse();
  }

  /** It has the key of the two, and says that it is a third one. */
  @Test
  void shouldNotBindToANodeThatSaysAnotherNameThanItProves() throws IOException {
    int a = freePort();
    int b = freePort();
    TcpPeerMonitor alpha = monitor(ALPHA, "pair", a, b, recorder);
    NodeId gamma = new NodeId("gamma", 0xc1);
    TcpPeerMonitor stranger = monitor(gamma, "pair", b, a, seal(BETA), NOBODY);
    await("refused", () -> alpha.strangers() > 2);
    assertThat(alpha.isPeerConnected() || stranger.isPeerConnected()).isFalse();
    assertThat(reasons).contains("it says that it is gamma");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void shouldSayThatOnlyOneSideSeals(boolean isAlphaSealed) throws IOException {
    int a = freePort();
    int b = freePort();
    TcpPeerMonitor alpha =
        monitor(ALPHA, "pair", a, b, isAlphaSealed ? seal(ALPHA) : null, recorder);
    TcpPeerMonitor beta = monitor(BETA, "pair", b, a, isAlphaSealed ? null : seal(BETA), NOBODY);
    await("both refused", () -> alpha.strangers() > 2 && beta.strangers() > 2);
    assertThat(alpha.isPeerConnected() || beta.isPeerConnected()).isFalse();
    assertThat(reasons).anyMatch(why -> why.contains("wire.sealed must be equal"));
  }

  @Test
  void shouldMeetAsLongAsThereIsOneKeyInCommon() throws IOException {
    int a = freePort();
    int b = freePort();
    TcpPeerMonitor alpha = monitor(ALPHA, "pair", a, b, seal(ALPHA, OTHER_KEY, KEY), NOBODY);
    TcpPeerMonitor beta = monitor(BETA, "pair", b, a, seal(BETA, KEY), NOBODY);
    await("paired", () -> alpha.isPeerConnected() && beta.isPeerConnected());
  }

  /** Somebody has recorded what the peer once said, and says it again, to both sides. */
  @Test
  void shouldGoOnWhenAnOldLineIsSaidAgain() throws IOException {
    int a = freePort();
    int b = freePort();
    String recorded = recordedOf(BETA, a);
    TcpPeerMonitor alpha = monitor(ALPHA, "pair", a, b, recorder);
    speak(a, recorded);
    TcpPeerMonitor beta = monitor(BETA, "pair", b, a, NOBODY);
    await("paired", () -> alpha.isPeerConnected() && beta.isPeerConnected());
    for (int i = 0; i < 4 * MonitorContext.MAX_INCOMING; i++) {
      speak(a, recorded);
    }
    await("others made room", () -> alpha.strangers() >= MonitorContext.MAX_INCOMING);
    await("paired still", () -> alpha.isPeerConnected() && beta.isPeerConnected());
    assertThat(events)
        .filteredOn(event -> !event.equals("stranger"))
        .first()
        .isEqualTo("connected beta#b1");
  }

  /** What an earlier start of the peer said proves the key, but no claim to the peer's place. */
  @Test
  void shouldKeepThePeersPlaceWhenLinesOfAnEarlierStartTakeTheOthers() throws IOException {
    int a = freePort();
    int b = freePort();
    String recorded = recordedOf(new NodeId("beta", 0xb0), a);
    TcpPeerMonitor alpha = monitor(ALPHA, "pair", a, b, NOBODY);
    TcpPeerMonitor beta = monitor(BETA, "pair", b, a, recorder);
    await("paired", () -> alpha.isPeerConnected() && beta.isPeerConnected());
    List<Socket> copies = new ArrayList<>();
    try {
      while (answered(copies) < 2 * MonitorContext.MAX_INCOMING) {
        long before = alpha.strangers();
        Socket copy = new Socket(LOOPBACK, a);
        copies.add(copy);
        copy.getOutputStream().write(recorded.getBytes(StandardCharsets.US_ASCII));
        await("judged", () -> available(copy) > 0 || alpha.strangers() > before);
      }
      assertThat(alpha.isPeerConnected() && beta.isPeerConnected()).isTrue();
      assertThat(events).containsExactly("connected alpha#a1");
    } finally {
      for (Socket copy : copies) {
        copy.close();
      }
    }
  }

  private static long answered(List<Socket> connections) {
    return connections.stream().filter(connection -> available(connection) > 0).count();
  }

  /** What a node says first to whoever listens at its peer's address. */
  private String recordedOf(NodeId node, int peerPort) throws IOException {
    try (ServerSocket server = new ServerSocket(peerPort, 1, LOOPBACK)) {
      TcpPeerMonitor said = monitor(node, "pair", freePort(), peerPort, NOBODY);
      try (Socket connection = accept(said, server)) {
        await("said", () -> available(connection) > 0);
        said.close();
        String line =
            new String(connection.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        assertThat(line).startsWith("understudy-monitor 2 00000001 ").endsWith("\n");
        assertThat(line).doesNotContain("beta", "pair");
        return line;
      }
    }
  }

  private static int available(Socket connection) {
    try {
      return connection.getInputStream().available();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** An answer to another connection proves nothing on this one. */
  @Test
  void shouldNotBindToAnOldAnswer() throws IOException {
    int a = freePort();
    int b = freePort();
    TcpPeerMonitor beta = monitor(BETA, "pair", b, freePort(), NOBODY);
    String question = recordedOf(ALPHA, freePort());
    String answer = answerTo(question, b);
    assertThat(answer).startsWith("understudy-monitor 2 00000001 ");
    beta.close();
    try (ServerSocket server = new ServerSocket(b, 1, LOOPBACK)) {
      TcpPeerMonitor alpha = monitor(ALPHA, "pair", a, b, recorder);
      List<Socket> held = new ArrayList<>();
      while (!events.contains("stranger")) {
        Socket connection = accept(alpha, server);
        held.add(connection);
        connection.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
      }
      assertThat(alpha.isPeerConnected()).isFalse();
      assertThat(events).containsOnly("stranger");
      for (Socket connection : held) {
        connection.close();
      }
    }
  }

  private String answerTo(String question, int port) throws IOException {
    try (Socket socket = new Socket(LOOPBACK, port)) {
      socket.getOutputStream().write(question.getBytes(StandardCharsets.US_ASCII));
      await("answered", () -> available(socket) > 0);
      InputStream in = socket.getInputStream();
      return new String(in.readNBytes(in.available()), StandardCharsets.US_ASCII);
    }
  }

  @Test
  void shouldTurnAwayLinesOfEveryLengthAndGoOn() throws IOException {
    int a = freePort();
    int b = freePort();
    TcpPeerMonitor alpha = monitor(ALPHA, "pair", a, b, NOBODY);
    TcpPeerMonitor beta = monitor(BETA, "pair", b, a, NOBODY);
    await("paired", () -> alpha.isPeerConnected() && beta.isPeerConnected());
    String line = recordedOf(BETA, freePort()).strip();
    for (int length = 0; length < line.length(); length++) {
      long before = alpha.strangers();
      speak(a, line.substring(0, length) + "\n");
      await("turned away at " + length, () -> alpha.strangers() > before);
    }
    assertThat(alpha.isPeerConnected() && beta.isPeerConnected()).isTrue();
  }
}
