package org.understudy.node.control;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.node.control.GuestOrder.Outcome;
import org.understudy.node.control.GuestOrder.Step;
import org.understudy.node.control.GuestOrder.Wish;
import org.understudy.node.program.ExitCode;

/**
 * A socket in the node's directory that only its owner may use: one line of JSON asks, lines of
 * JSON answer, then the connection ends. Few connections at a time, and none that says nothing.
 */
public final class ControlServer implements AutoCloseable {
  /** Name of the socket in the node's directory. */
  public static final String SOCKET = "control.sock";

  private static final long ACCEPT_AGAIN_NS = 1_000_000_000L;
  private static final Logger LOG = LoggerFactory.getLogger("understudy.control");
  private static final int MAX_CONNECTIONS = 4;
  private static final long REQUEST_TIMEOUT_MS = 2_000;
  private static final long LOOK_MS = 200;
  private static final long LAST_WORDS_MS = 1_000;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path path;
  private final ServerSocketChannel listener;
  private final Consumer<GuestOrder> orders;
  private final Semaphore free = new Semaphore(MAX_CONNECTIONS);
  private volatile boolean closed;

  private ControlServer(Path path, Consumer<GuestOrder> orders) throws IOException {
    this.path = path;
    this.orders = orders;
    Files.deleteIfExists(path); // of a process that was killed: this one holds the directory's lock
    listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      listener.bind(UnixDomainSocketAddress.of(path), MAX_CONNECTIONS);
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
    } catch (IOException | RuntimeException e) {
      listener.close();
      throw e;
    }
    Thread.ofPlatform().daemon().name("control").start(this::accept);
  }

  /**
   * Opens the socket; null, with a warning, where that cannot be: the guest matters more.
   *
   * @param orders takes each order for the agent
   */
  public static ControlServer open(Path directory, Consumer<GuestOrder> orders) {
    Path path = directory.resolve(SOCKET);
    try {
      return new ControlServer(path, orders);
    } catch (IOException | RuntimeException e) {
      LOG.warn("no orders can be taken at {}: {}", path, e.toString());
      return null;
    }
  }

  private void accept() {
    while (!closed) {
      try {
        SocketChannel client = listener.accept();
        if (free.tryAcquire()) {
          Thread.ofPlatform().daemon().name("control-client").start(() -> serve(client));
        } else {
          client.close();
        }
      } catch (ClosedChannelException e) {
        return;
      } catch (IOException | RuntimeException e) {
        // Out of descriptors, for one: that passes.
        LOG.warn("an order cannot be taken now: {}", e.toString());
        LockSupport.parkNanos(ACCEPT_AGAIN_NS);
      }
    }
  }

  private void serve(SocketChannel client) {
    try (client) {
      answer(client, LineChannel.readLine(client, REQUEST_TIMEOUT_MS));
    } catch (IOException | RuntimeException e) { // whatever a client does concerns it alone
      LOG.debug("a control connection ended: {}", e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      free.release();
    }
  }

  private void answer(SocketChannel client, String request)
      throws IOException, InterruptedException {
    String command = commandOf(request);
    Wish wish = Wish.of(command).orElse(null);
    if (wish == null) {
      send(client, refused("this node knows no command '" + command + "'"));
      return;
    }
    LOG.info("ordered by its operator: {}", command);
    GuestOrder order = new GuestOrder(wish);
    orders.accept(order);
    Step step = order.step();
    send(client, step);
    while (step.outcome() == Outcome.RUNNING) {
      if (closed) {
        order.update(failed("the node ends before it is known what came of it"));
      }
      Step next = order.awaitOther(step, LOOK_MS);
      if (next != step) {
        step = next;
        send(client, step);
      }
    }
  }

  private static Step failed(String text) {
    return new Step(Outcome.FAILED, "failed", text, "", -1, 0, 0);
  }

  private static Step refused(String text) {
    return new Step(Outcome.REFUSED, "refused", text, "", -1, 0, 0);
  }

  private static String commandOf(String request) {
    try {
      JsonNode root = JSON.readTree(request);
      return root == null ? "" : root.path("command").asText("");
    } catch (IOException e) {
      return "";
    }
  }

  private static void send(SocketChannel client, Step step) throws IOException {
    ObjectNode line = JSON.createObjectNode();
    line.put("outcome", step.outcome().name().toLowerCase(java.util.Locale.ROOT));
    line.put("exitCode", exitCode(step.outcome()));
    line.put("phase", step.phase());
    line.put("text", step.text());
    line.put("backup", step.backup());
    line.put("epoch", step.epoch());
    line.put("committedUs", step.committedNs() / 1000);
    line.put("endedUs", step.endedNs() / 1000);
    ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
    // A few short lines always have room in the socket's buffer: a reader that is slow blocks none.
    while (bytes.hasRemaining() && client.write(bytes) > 0) {}
  }

  private static int exitCode(Outcome outcome) {
    return switch (outcome) {
      case RUNNING, MOVED, ENDED -> ExitCode.OK;
      case FAILED -> ExitCode.FAILED;
      case REFUSED -> ExitCode.REFUSED;
    };
  }

  /** Tells those that wait what came of their orders, then removes the socket. */
  @Override
  public void close() {
    closed = true;
    try {
      listener.close();
      if (!free.tryAcquire(MAX_CONNECTIONS, LAST_WORDS_MS, TimeUnit.MILLISECONDS)) {
        LOG.debug("a control connection is still open");
      }
      Files.deleteIfExists(path);
    } catch (IOException e) {
      LOG.debug("control socket {}: {}", path, e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
