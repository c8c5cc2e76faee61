package org.understudy.protocol.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.understudy.pair.ownership.NodeId;
import org.understudy.protocol.link.LinkConfigurationException;
import org.understudy.protocol.seal.SealIdentity;

class TcpPeerMonitorTest {
  static final NodeId ALPHA = new NodeId("alpha", 0xa1);
  static final NodeId BETA = new NodeId("beta", 0xb1);
  private static final NodeId BETA_AGAIN = new NodeId("beta", 0xb2);
  static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

  private final List<AutoCloseable> open = new ArrayList<>();
  private final List<TcpPeerMonitor> driven = new ArrayList<>();
  final List<String> events = new ArrayList<>();
  final List<String> reasons = new ArrayList<>();
  private final Set<Integer> ports = new HashSet<>();

  final PeerMonitorListener recorder =
      new PeerMonitorListener() {
        @Override
        public void onPeerConnected(NodeId peer) {
          events.add("connected " + peer);
        }

        @Override
        public void onConnectionClosed(NodeId peer) {
          events.add("closed " + peer);
        }

        @Override
        public void onReconnectRefused(NodeId lastPeer) {
          events.add("refused " + lastPeer);
        }

        @Override
        public void onReconnectAnswered(NodeId lastPeer, NodeId peer) {
          events.add("answered " + lastPeer + " by " + peer);
        }

        @Override
        public void onStranger(String reason) {
          events.add("stranger");
          reasons.add(reason);
        }
      };

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable resource : open) {
      resource.close();
    }
  }

  /** One that no other call of this test was given: the system may hand out one port twice. */
  int freePort() throws IOException {
    while (true) {
      try (ServerSocket socket = new ServerSocket(0, 1, LOOPBACK)) {
        if (ports.add(socket.getLocalPort())) {
          return socket.getLocalPort();
        }
      }
    }
  }

  TcpPeerMonitor monitor(
      NodeId node, String pair, int port, int peerPort, PeerMonitorListener listener) {
    return monitor(node, pair, port, peerPort, seal(node), listener);
  }

  TcpPeerMonitor monitor(
      NodeId node,
      String pair,
      int port,
      int peerPort,
      SealIdentity seal,
      PeerMonitorListener listener) {
    MonitorContext context =
        new MonitorContext()
            .node(node)
            .pairId(pair)
            .listenEndpoint("127.0.0.1:" + port)
            .peerEndpoint("127.0.0.1:" + peerPort)
            .retryNs(TimeUnit.MILLISECONDS.toNanos(10))
            .helloTimeoutNs(TimeUnit.MILLISECONDS.toNanos(200))
            .privateDescriptors(privateDescriptors())
            .seal(seal)
            .pollIntervalNs(0);
    TcpPeerMonitor monitor = new TcpPeerMonitor(context, listener);
    open.add(monitor);
    driven.add(monitor);
    return monitor;
  }

  /** How a node proves who it is; null in the clear. */
  SealIdentity seal(NodeId node) {
    return null;
  }

  boolean privateDescriptors() {
    return true;
  }

  void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!condition.getAsBoolean()) {
      driven.forEach(monitor -> monitor.doWork(System.nanoTime()));
      assertThat(System.nanoTime()).as(what + " " + events).isLessThan(deadline);
      Thread.onSpinWait();
    }
  }

  void awaitEvents(String... expected) {
    await(List.of(expected).toString(), () -> events.size() >= expected.length);
    assertThat(events).containsExactly(expected);
  }

  @Test
  void shouldBindToThePeersIncarnationWhenBothListen() throws IOException {
    int a = freePort();
    int b = freePort();
    monitor(ALPHA, "pair", a, b, recorder);
    TcpPeerMonitor beta = monitor(BETA, "pair", b, a, new PeerMonitorListener() {});
    awaitEvents("connected beta#b1");
    await("both", beta::isPeerConnected);
  }

  @Test
  void shouldSayClosedAndRefusedWhenThePeerDies() throws IOException {
    int a = freePort();
    int b = freePort();
    monitor(ALPHA, "pair", a, b, recorder);
    TcpPeerMonitor beta = monitor(BETA, "pair", b, a, new PeerMonitorListener() {});
    awaitEvents("connected beta#b1");
    driven.remove(beta);
    beta.close();
    awaitEvents("connected beta#b1", "closed beta#b1", "refused beta#b1");
  }

  @Test
  void shouldConnectAnewWhenThePeerComesBackAfterARefusal() throws IOException {
    int a = freePort();
    int b = freePort();
    monitor(ALPHA, "pair", a, b, recorder);
    TcpPeerMonitor beta = monitor(BETA, "pair", b, a, new PeerMonitorListener() {});
    awaitEvents("connected beta#b1");
    driven.remove(beta);
    beta.close();
    awaitEvents("connected beta#b1", "closed beta#b1", "refused beta#b1");
    monitor(BETA_AGAIN, "pair", b, a, new PeerMonitorListener() {});
    await("connected", () -> events.size() == 4);
    assertThat(events.get(3)).isEqualTo("connected beta#b2");
  }

  @Test
  void shouldSayAnsweredWhenOnlyTheConnectionWasLost() throws IOException {
    try (ServerSocket server = new ServerSocket(0, 5, LOOPBACK)) {
      TcpPeerMonitor alpha = monitor(ALPHA, "pair", freePort(), server.getLocalPort(), recorder);
      Socket first = answer(alpha, server, BETA);
      awaitEvents("connected beta#b1");
      first.close();
      answer(alpha, server, BETA);
      awaitEvents("connected beta#b1", "closed beta#b1", "answered beta#b1 by beta#b1");
    }
  }

  @Test
  void shouldNameTheNewIncarnationWhenAnotherProcessAnswers() throws IOException {
    try (ServerSocket server = new ServerSocket(0, 5, LOOPBACK)) {
      TcpPeerMonitor alpha = monitor(ALPHA, "pair", freePort(), server.getLocalPort(), recorder);
      Socket first = answer(alpha, server, BETA);
      awaitEvents("connected beta#b1");
      first.close();
      answer(alpha, server, BETA_AGAIN);
      awaitEvents("connected beta#b1", "closed beta#b1", "answered beta#b1 by beta#b2");
    }
  }

  @Test
  void shouldGoOnTryingWhenADyingListenerAcceptsAndResets() throws IOException {
    ServerSocket server = new ServerSocket(0, 5, LOOPBACK);
    open.add(server);
    TcpPeerMonitor alpha = monitor(ALPHA, "pair", freePort(), server.getLocalPort(), recorder);
    Socket first = answer(alpha, server, BETA);
    awaitEvents("connected beta#b1");
    first.setSoLinger(true, 0);
    first.close();
    await("closed", () -> events.size() == 2);
    for (int i = 0; i < 3; i++) {
      Socket backlog = accept(alpha, server);
      backlog.setSoLinger(true, 0);
      backlog.close();
    }
    server.close();
    awaitEvents("connected beta#b1", "closed beta#b1", "refused beta#b1");
  }

  @Test
  void shouldSayNothingWhenThePeerIsStoppedAndItsBacklogAccepts() throws IOException {
    ServerSocket server = new ServerSocket(0, 5, LOOPBACK);
    open.add(server);
    TcpPeerMonitor alpha = monitor(ALPHA, "pair", freePort(), server.getLocalPort(), recorder);
    Socket first = answer(alpha, server, BETA);
    awaitEvents("connected beta#b1");
    first.close();
    await("closed", () -> events.size() == 2);
    long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(300);
    await("more than the hello's time-out", () -> System.nanoTime() > until);
    assertThat(events).containsExactly("connected beta#b1", "closed beta#b1");
  }

  @Test
  void shouldTurnStrangersAwayWithoutHarmToThePeer() throws IOException {
    int a = freePort();
    int b = freePort();
    TcpPeerMonitor alpha = monitor(ALPHA, "pair", a, b, new PeerMonitorListener() {});
    TcpPeerMonitor beta = monitor(BETA, "pair", b, a, new PeerMonitorListener() {});
    await("paired", () -> alpha.isPeerConnected() && beta.isPeerConnected());
    speak(a, "GET / HTTP/1.1\r\n\r\n");
    speak(a, "x".repeat(5000));
    speak(a, "understudy-monitor 1 other-pair beta b1\n");
    speak(a, "understudy-monitor 1 pair beta b1\nand more\n");
    for (int i = 0; i < 2 * MonitorContext.MAX_INCOMING; i++) {
      speak(a, "");
    }
    await("all turned away", () -> alpha.strangers() >= 4 + 2 * MonitorContext.MAX_INCOMING);
    assertThat(alpha.isPeerConnected()).isTrue();
    assertThat(beta.isPeerConnected()).isTrue();
  }

  @Test
  void shouldLetThePeerInWhenGreetedStrangersHoldEveryPlace() throws IOException {
    int a = freePort();
    int b = freePort();
    TcpPeerMonitor alpha = monitor(ALPHA, "pair", a, b, new PeerMonitorListener() {});
    greet(a, 2 * MonitorContext.MAX_INCOMING);
    await("some made room", () -> alpha.strangers() >= MonitorContext.MAX_INCOMING);
    TcpPeerMonitor beta = monitor(BETA, "pair", b, a, recorder);
    await("paired", () -> alpha.isPeerConnected() && beta.isPeerConnected());
    long before = alpha.strangers();
    greet(a, 3 * MonitorContext.MAX_INCOMING);
    await("others", () -> alpha.strangers() - before >= 2 * MonitorContext.MAX_INCOMING);
    assertThat(events).as("the peer keeps its place").containsExactly("connected alpha#a1");
  }

  @Test
  void shouldLetThePeerInAlthoughEverybodySaysHeIsThePeer() throws IOException {
    int a = freePort();
    int b = freePort();
    TcpPeerMonitor alpha = monitor(ALPHA, "pair", a, b, new PeerMonitorListener() {});
    TcpPeerMonitor first = monitor(BETA, "pair", b, a, new PeerMonitorListener() {});
    await("paired", () -> alpha.isPeerConnected() && first.isPeerConnected());
    for (int i = 0; i < 2 * MonitorContext.MAX_INCOMING; i++) {
      speak(a, "understudy-monitor 1 pair beta b1\n");
    }
    await("all places are taken", () -> alpha.strangers() >= MonitorContext.MAX_INCOMING);
    await("paired again", () -> alpha.isPeerConnected() && first.isPeerConnected());
  }

  private void greet(int port, int times) throws IOException {
    for (int i = 0; i < times; i++) {
      speak(port, "understudy-monitor 1 pair stranger-" + i + " 1\n");
    }
  }

  @Test
  void shouldHoldItsListenersWhereTheirClosingWaitsForNothing() throws IOException {
    int port = freePort();
    monitor(ALPHA, "pair", port, freePort(), recorder);
    String socket = "socket:[" + listenerInode(port) + "]";
    try (Stream<Path> shared = Files.list(Path.of("/proc/self/fd"))) {
      assertThat(shared.map(TcpPeerMonitorTest::target).anyMatch(socket::equals))
          .as("in the table that the last thread closes after it has freed the memory")
          .isNotEqualTo(privateDescriptors());
    }
  }

  /** Local address, state and inode are the columns 1, 3 and 9 of each line. */
  private static String listenerInode(int port) throws IOException {
    String address = String.format(":%04X", port);
    String listening = "0A";
    return Stream.of("tcp", "tcp6")
        .flatMap(table -> lines(Path.of("/proc/self/net", table)))
        .map(line -> line.trim().split("\\s+"))
        .filter(column -> column[1].endsWith(address) && column[3].equals(listening))
        .map(column -> column[9])
        .findAny()
        .orElseThrow();
  }

  private static Stream<String> lines(Path file) {
    try {
      return Files.readAllLines(file).stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String target(Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (IOException e) {
      return "closed meanwhile";
    }
  }

  @Test
  void shouldNotPairWithItself() throws IOException {
    int a = freePort();
    TcpPeerMonitor alpha = monitor(ALPHA, "pair", a, a, recorder);
    await("recognised", () -> events.contains("stranger"));
    assertThat(alpha.isPeerConnected()).isFalse();
  }

  @Test
  void shouldRefuseInOneLineWhenThePortIsUsed() throws IOException {
    try (ServerSocket server = new ServerSocket(0, 1, LOOPBACK)) {
      int port = server.getLocalPort();
      assertThatThrownBy(() -> monitor(ALPHA, "pair", port, freePort(), recorder))
          .isInstanceOf(LinkConfigurationException.class)
          .hasMessageContaining("cannot listen on /127.0.0.1:" + port)
          .hasMessageContaining("choose another port");
    }
  }

  @Test
  void shouldRefuseAddressesBeyondLoopbackWhereNothingIsSealed() {
    MonitorContext context =
        new MonitorContext()
            .node(ALPHA)
            .pairId("pair")
            .listenEndpoint("0.0.0.0:4000")
            .peerEndpoint("127.0.0.1:4001");
    assertThatThrownBy(context::conclude)
        .isInstanceOf(LinkConfigurationException.class)
        .hasMessageContaining("0.0.0.0:4000 is refused; set wire.sealed=false");
    context.wireUnsealed(true).conclude();
  }

  void speak(int port, String text) throws IOException {
    Socket socket = new Socket();
    open.add(socket);
    driven.forEach(monitor -> monitor.doWork(System.nanoTime()));
    try {
      socket.connect(new InetSocketAddress(LOOPBACK, port), 5_000);
      socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      assertThat(e).as("already turned away").isNotNull();
    }
  }

  Socket accept(TcpPeerMonitor monitor, ServerSocket server) throws IOException {
    server.setSoTimeout(1);
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (System.nanoTime() < deadline) {
      monitor.doWork(System.nanoTime());
      try {
        Socket socket = server.accept();
        open.add(socket);
        return socket;
      } catch (SocketTimeoutException e) {
        continue;
      }
    }
    throw new AssertionError("no connection within 20 s " + events);
  }

  private Socket answer(TcpPeerMonitor monitor, ServerSocket server, NodeId node)
      throws IOException {
    Socket socket = accept(monitor, server);
    socket.getOutputStream().write(answerTo(socket, node));
    return socket;
  }

  /** As the scripted peer says it: in the clear whatever it hears. */
  byte[] answerTo(Socket connection, NodeId node) throws IOException {
    String line =
        "understudy-monitor 1 pair " + node.name() + " " + Long.toHexString(node.incarnation());
    return (line + "\n").getBytes(StandardCharsets.US_ASCII);
  }
}
