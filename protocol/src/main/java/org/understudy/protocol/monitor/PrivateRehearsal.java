package org.understudy.protocol.monitor;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.understudy.host.socket.SocketCalls;
import org.understudy.pair.ownership.NodeId;

/**
 * Plays everything that can happen at the monitor's port once, on a thread that still shares the
 * process's descriptors: later, on the one that does not, no class and no call has to be linked.
 */
final class PrivateRehearsal {
  private static final String PAIR = "rehearsal";
  private static final MonitorHello OWN = new MonitorHello(PAIR, new NodeId("own", 1));
  private static final MonitorHello PEER = new MonitorHello(PAIR, new NodeId("peer", 2));
  private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(5);
  private static final int PATIENCE_MS = 5_000;
  private static final String[] STRANGE = {
    "GET / HTTP/1.1\r\n\r\n",
    "x".repeat(Greeting.MAX_BYTES),
    "understudy-monitor 1 other peer 2\n",
    "understudy-monitor 2 " + PAIR + " peer 2\n",
    "understudy-monitor 1 " + PAIR + " peer\n",
    "understudy-monitor 1 " + PAIR + "  2\n",
    "understudy-monitor 1 " + PAIR + " peer 2 2\n",
    "understudy-monitor 1 " + PAIR + " peer xyz\n",
    "understudy-monitor 1 " + PAIR + " peer 2\nmore\n",
  };

  /**
   * After 127 calls a method handle is made anew for itself, out of classes that are loaded then.
   */
  private static final int CALLS = 500;

  private static final int NO_FD = -1;
  private static boolean isDone;

  private final KnownPeer peer = new KnownPeer();
  private final Mailbox mailbox = new Mailbox();
  private final Greeting greeting = new Greeting(OWN, null, System::nanoTime);
  private final List<Socket> clients = new ArrayList<>();
  private final InetAddress loopback = InetAddress.getLoopbackAddress();
  private PrivateConnections connections;
  private int port;

  private PrivateRehearsal() {}

  /** Once in a process. */
  static synchronized void run() throws IOException {
    if (isDone) {
      return;
    }
    try (Arena arena = Arena.ofShared()) {
      new PrivateRehearsal().run(arena);
    }
    isDone = true;
  }

  private void run(Arena arena) throws IOException {
    MonitorContext context =
        new MonitorContext()
            .node(OWN.node())
            .pairId(PAIR)
            .listenEndpoint("127.0.0.1:0")
            .peerEndpoint("127.0.0.1:1")
            .helloTimeoutNs(TimeUnit.MILLISECONDS.toNanos(60))
            .conclude();
    SocketCalls calls = new SocketCalls(arena);
    call(calls, arena.allocate(Long.BYTES));
    int wakeFd = calls.eventFd();
    connections = new PrivateConnections(context, mailbox, peer, arena, wakeFd);
    port = connections.open();
    if (wakeFd < 0 || port < 0) {
      calls.close(wakeFd);
      throw new IOException("error " + Math.min(wakeFd, port));
    }
    Thread thread = Thread.ofPlatform().daemon().name("monitor-rehearsal").start(this::serve);
    try {
      play();
    } finally {
      connections.stop();
      calls.write(wakeFd, 1);
      join(thread);
      calls.close(wakeFd);
      for (Socket client : clients) {
        client.close();
      }
    }
  }

  /** Every call that the thread makes, with a descriptor that nobody has. */
  private static void call(SocketCalls calls, MemorySegment bytes) {
    for (int i = 0; i < CALLS; i++) {
      calls.poll(bytes, 0, 0);
      calls.accept(NO_FD);
      calls.receive(NO_FD, bytes);
      calls.send(NO_FD, bytes);
      calls.close(NO_FD);
    }
  }

  private void serve() {
    try {
      connections.serve();
    } finally {
      connections.close();
    }
  }

  private static void join(Thread thread) {
    boolean isInterrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        isInterrupted = true;
      }
    }
    if (isInterrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void play() throws IOException {
    for (String line : STRANGE) {
      expectStrangers(1, () -> say(line));
    }
    expectStrangers(1, () -> say(""));
    say("under").close();
    Socket talker = greet(OWN);
    expectStrangers(1, () -> talker.getOutputStream().write('x'));
    greet(PEER).close();
    peer.is(PEER.node());
    greet(PEER);
    expectStrangers(
        MonitorContext.MAX_INCOMING,
        () -> {
          for (int i = 0; i < 2 * MonitorContext.MAX_INCOMING; i++) {
            greet(OWN);
          }
        });
    for (int i = 0; i < 2 * MonitorContext.MAX_INCOMING; i++) {
      greet(PEER);
    }
  }

  private interface Scene {
    void play() throws IOException;
  }

  private void expectStrangers(long least, Scene scene) throws IOException {
    long before = connections.strangers();
    scene.play();
    long deadlineNs = System.nanoTime() + PATIENCE_NS;
    while (connections.strangers() - before < least) {
      if (System.nanoTime() - deadlineNs > 0) {
        throw new IOException("the rehearsal of the monitor's port takes too long");
      }
      judge();
    }
  }

  /** As the agent's thread does. */
  private void judge() {
    if (!mailbox.judgeOne(greeting)) {
      Thread.onSpinWait();
    }
  }

  private Socket say(String line) throws IOException {
    Socket client = new Socket(loopback, port);
    clients.add(client);
    client.setSoTimeout(PATIENCE_MS);
    client.getOutputStream().write(line.getBytes(StandardCharsets.US_ASCII));
    return client;
  }

  private Socket greet(MonitorHello hello) throws IOException {
    Socket client = say(new String(hello.encode(), StandardCharsets.US_ASCII) + "\n");
    int length = OWN.encode().length + 1;
    long deadlineNs = System.nanoTime() + PATIENCE_NS;
    while (client.getInputStream().available() < length && System.nanoTime() - deadlineNs < 0) {
      judge();
    }
    if (client.getInputStream().readNBytes(length).length != length) {
      throw new IOException("no answer in the rehearsal of the monitor's port");
    }
    return client;
  }
}
