package org.understudy.protocol.link;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.agrona.concurrent.IdleStrategy;
import org.understudy.pair.ownership.NodeId;

/** Two links of one JVM, driven by the test's thread. */
final class LinkPair implements AutoCloseable {
  private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(20);

  final RecordingListener leftListener = new RecordingListener();
  final RecordingListener rightListener = new RecordingListener();
  final String leftEndpoint = freeEndpoint();
  final String rightEndpoint = freeEndpoint();
  private final UnaryOperator<LinkContext> settings;
  private final Path root;
  private final IdleStrategy idle = IdleStrategies.forCores(2);
  ReplicationLink left;
  ReplicationLink right;

  LinkPair(Path root, UnaryOperator<LinkContext> settings) {
    this.root = root;
    this.settings = settings;
    openLeft();
    openRight();
  }

  void openLeft() {
    left = open("left", leftEndpoint, rightEndpoint, leftListener);
  }

  void openRight() {
    right = open("right", rightEndpoint, leftEndpoint, rightListener);
  }

  private ReplicationLink open(String name, String local, String peer, LinkListener listener) {
    LinkContext context =
        settings.apply(
            new LinkContext()
                .node(new NodeId(name, ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE)))
                .localEndpoint(local)
                .peerEndpoint(peer)
                .directoryRoot(root));
    ReplicationLink link = new ReplicationLink(context);
    link.listen(listener);
    return link;
  }

  void bind(long generation, long linkSession) {
    left.session().bind(generation, linkSession);
    right.session().bind(generation, linkSession);
    leftListener.takeOnly(generation, linkSession);
    rightListener.takeOnly(generation, linkSession);
  }

  void awaitConnected() {
    await("both connected", () -> left.isConnected() && right.isConnected());
    await("both see a stream", () -> left.isPeerThere() && right.isPeerThere());
  }

  void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + PATIENCE_NS;
    while (!condition.getAsBoolean()) {
      int work = doWork();
      idle.idle(work);
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not within 20 s: " + what);
      }
    }
  }

  int doWork() {
    return (left == null ? 0 : left.doWork()) + (right == null ? 0 : right.doWork());
  }

  /** Below the range that the system hands out: no test that asks for any port gets it. */
  static String freeEndpoint() {
    while (true) {
      int port = ThreadLocalRandom.current().nextInt(20_000, 32_000);
      InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
      try (DatagramSocket socket = new DatagramSocket(address)) {
        return "127.0.0.1:" + socket.getLocalPort();
      } catch (BindException e) {
        continue;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Override
  public void close() {
    if (left != null) {
      left.close();
    }
    if (right != null) {
      right.close();
    }
  }
}
