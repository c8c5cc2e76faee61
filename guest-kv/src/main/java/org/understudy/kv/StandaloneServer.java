package org.understudy.kv;

import java.net.InetSocketAddress;
import java.util.concurrent.locks.LockSupport;
import org.understudy.checkpoint.guest.Guest;
import org.understudy.checkpoint.guest.UnprotectedHost;
import org.understudy.checkpoint.track.TrackerKind;
import org.understudy.service.front.FrontSettings;
import org.understudy.service.front.TcpFront;
import org.understudy.service.guest.ServiceGuestFactory;

/**
 * The key-value service alone, protected by nobody: guest and front in one process, for tests and
 * for the benchmark of the unprotected service. Everything is lost when it ends.
 */
public final class StandaloneServer implements AutoCloseable {
  private static final long ACCEPTING_POLL_NS = 1_000_000;

  private final UnprotectedHost host = new UnprotectedHost();
  private final TcpFront front;
  private final Guest guest;

  /** Starts serving; a used port or too little memory is refused here. */
  public StandaloneServer(FrontSettings frontSettings, KeyValueSettings settings, long bytes) {
    TcpFront.requireFree(frontSettings.address());
    front = new TcpFront(frontSettings);
    guest =
        new ServiceGuestFactory(
                KeyValueService.definition(settings),
                bytes,
                settings.serviceSettings(),
                TrackerKind.WRITE_BARRIER,
                () -> front)
            .create();
    guest.start(host);
    guest.serveLocally(true);
    awaitAccepting();
  }

  /** The front opens on the guest's thread. */
  private void awaitAccepting() {
    while (!front.isAccepting() && host.failure() == null) {
      LockSupport.parkNanos(ACCEPTING_POLL_NS);
    }
  }

  /** The front, for its counters. */
  public TcpFront front() {
    return front;
  }

  /** Waits until the service has failed or ended. */
  void awaitEnd() throws InterruptedException {
    host.awaitEnd();
    if (host.failure() != null) {
      throw new IllegalStateException("the service failed: " + host.failure(), host.failure());
    }
  }

  @Override
  public void close() {
    guest.close();
  }

  /** Arguments: port, then memory in MiB (1024). */
  public static void main(String[] arguments) throws Exception {
    if (arguments.length < 1 || arguments.length > 2) {
      System.err.println("usage: StandaloneServer PORT [MEMORY_MIB]");
      System.exit(2);
    }
    int port = Integer.parseInt(arguments[0]);
    long mebibytes = arguments.length == 2 ? Long.parseLong(arguments[1]) : 1024;
    try (StandaloneServer server =
        new StandaloneServer(
            FrontSettings.of(new InetSocketAddress("127.0.0.1", port)),
            KeyValueSettings.DEFAULT,
            mebibytes << 20)) {
      System.out.println("unprotected key-value service on 127.0.0.1:" + port);
      server.awaitEnd();
    } catch (java.io.UncheckedIOException e) {
      System.err.println(e.getMessage());
      System.exit(1);
    }
  }
}
