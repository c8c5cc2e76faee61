package org.understudy.vm.disk.nbd;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.host.schedule.Priority;
import org.understudy.host.schedule.TimeSlice;

/**
 * Serves disks to QEMU over a unix-domain socket. Each connection has a thread that blocks, of the
 * platform's: QEMU flushes in each pause, and a virtual thread is reached by way of two others.
 * Nothing that a client sends reaches the caller.
 */
public final class NbdServer implements AutoCloseable {
  private static final long ACCEPT_AGAIN_NS = 200_000_000;
  private static final Logger LOG = LoggerFactory.getLogger(NbdServer.class);
  private static final long FINISH_MS = TimeUnit.SECONDS.toMillis(2);

  private final Path path;
  private final List<ExportSlot> exports;
  private final NbdSettings settings;
  private final NbdCounts counts = new NbdCounts();
  private final ServerSocketChannel listener;
  private final Map<NbdConnection, Thread> connections = new ConcurrentHashMap<>();
  private final Thread acceptor;

  private NbdServer(
      Path path, List<ExportSlot> exports, NbdSettings settings, ServerSocketChannel listener) {
    this.path = path;
    this.exports = exports;
    this.settings = settings;
    this.listener = listener;
    this.acceptor = Thread.ofPlatform().daemon().name("nbd-accept").unstarted(this::accept);
  }

  /**
   * Listens on a socket file that only its owner may use; a leftover of a dead server is replaced.
   *
   * @param exports at least one, with different names; the first has the empty name as well
   */
  public static NbdServer start(Path path, List<? extends NbdExport> exports, NbdSettings settings)
      throws IOException {
    checkNames(exports);
    removeLeftOver(path);
    ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      listener.bind(UnixDomainSocketAddress.of(path));
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
    } catch (IOException | RuntimeException e) {
      listener.close();
      throw new IOException("cannot serve disks at " + path + ": " + e.getMessage(), e);
    }
    List<ExportSlot> slots = exports.stream().map(ExportSlot::new).toList();
    NbdServer server = new NbdServer(path, slots, settings, listener);
    server.acceptor.start();
    return server;
  }

  private static void checkNames(List<? extends NbdExport> exports) {
    long names = exports.stream().map(NbdExport::name).distinct().count();
    if (exports.isEmpty() || names != exports.size()) {
      throw new IllegalArgumentException("exports: at least one, each with a name of its own");
    }
    for (NbdExport export : exports) {
      if (!export.name().matches("[A-Za-z0-9._-]{1,128}")) {
        throw new IllegalArgumentException(
            "name of an export: 1 to 128 letters, digits, dots, dashes or underscores, not '"
                + export.name()
                + "'");
      }
    }
  }

  private static void removeLeftOver(Path path) throws IOException {
    if (!Files.exists(path)) {
      return;
    }
    try (SocketChannel probe = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
      throw new IOException("another process serves at " + probe.getRemoteAddress());
    } catch (java.net.ConnectException e) {
      Files.deleteIfExists(path); // nobody listens: its owner died
    }
  }

  /** What it has seen. */
  public NbdCounts counts() {
    return counts;
  }

  /** Clients that are connected. */
  public int connections() {
    return connections.size();
  }

  private void accept() {
    while (true) {
      try {
        serve(listener.accept());
      } catch (ClosedChannelException e) {
        return;
      } catch (IOException | RuntimeException e) {
        // Out of descriptors or threads, for one: that passes, and a QEMU tries again for seconds.
        LOG.warn("an NBD client cannot connect now: {}", e.toString());
        LockSupport.parkNanos(ACCEPT_AGAIN_NS);
      }
    }
  }

  private void serve(SocketChannel socket) throws IOException {
    if (connections.size() >= settings.maxConnections()) {
      counts.refused.increment();
      socket.close();
      return;
    }
    NbdConnection connection = new NbdConnection(socket, exports, settings, counts);
    Thread thread =
        Thread.ofPlatform()
            .daemon()
            .name("nbd-connection")
            .unstarted(() -> {
              TimeSlice.shorten();
              // It works little, and each pause waits for the flush of each disk.
              Priority.set(0, Priority.FIRST_NICE);
              try {
                connection.run();
              } finally {
                connections.remove(connection);
              }
            });
    connections.put(connection, thread);
    thread.start();
  }

  /**
   * Stops listening, lets each connection answer the request that it works on, and returns when no
   * export is in use any more.
   */
  @Override
  public void close() {
    try {
      listener.close();
      Files.deleteIfExists(path);
    } catch (IOException e) {
      LOG.warn("closing the disk server at {}: {}", path, e.getMessage());
    }
    awaitEnd(acceptor);
    connections.keySet().forEach(NbdConnection::finish);
    long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(FINISH_MS);
    for (Map.Entry<NbdConnection, Thread> entry : connections.entrySet()) {
      long leftNs = deadlineNs - System.nanoTime();
      if (!ended(entry.getValue(), leftNs)) {
        entry.getKey().abort();
        awaitEnd(entry.getValue());
      }
    }
  }

  private static boolean ended(Thread thread, long waitNs) {
    try {
      return thread.join(java.time.Duration.ofNanos(Math.max(1, waitNs)));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Not interruptible: what the thread uses is closed next. */
  private static void awaitEnd(Thread thread) {
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
