package org.understudy.vm.qmp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One QMP connection. Any thread may ask; answers and events are read by a thread of its own. After
 * a breach of the protocol it is closed, since nothing after it could be trusted.
 */
public final class QmpClient implements AutoCloseable {
  /** Requests that QEMU may leave unanswered, those given up included. */
  static final int MAX_PENDING = 16;

  /** All pending requests fit into the socket's buffer: a write never waits for a stuck QEMU. */
  static final int MAX_REQUEST_BYTES = 8192;

  private static final Logger LOG = LoggerFactory.getLogger(QmpClient.class);

  private final SocketChannel channel;
  private final QmpEvent.Listener listener;
  private final Map<Long, QmpPending> pending = new ConcurrentHashMap<>();
  private final CompletableFuture<QmpMessage.Greeting> greeting = new CompletableFuture<>();
  private final AtomicReference<QmpException> ended = new AtomicReference<>();
  private final Object writing = new Object();
  private final QmpReader reader;
  private long lastId;

  private QmpClient(SocketChannel channel, QmpEvent.Listener listener, String name)
      throws IOException {
    this.channel = channel;
    this.listener = listener;
    reader = new QmpReader(channel, new Incoming(), name);
  }

  /**
   * Connects, waits for the greeting and leaves the negotiation mode.
   *
   * @throws IOException where nobody listens on the socket
   * @throws QmpException where what listens does not speak QMP in time
   */
  public static QmpClient connect(Path socket, QmpEvent.Listener listener, long timeoutNs)
      throws IOException {
    SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
    QmpClient client = of(channel, listener, socket.getFileName().toString());
    client.reader.start();
    try {
      QmpMessage.Greeting greeting = client.awaitGreeting(timeoutNs);
      client.execute(new QmpRequests.Capabilities(greeting.hasOutOfBand()), timeoutNs);
      return client;
    } catch (RuntimeException e) {
      client.close();
      throw e;
    }
  }

  private static QmpClient of(SocketChannel channel, QmpEvent.Listener listener, String name)
      throws IOException {
    try {
      return new QmpClient(channel, listener, name);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /** QEMU's version, from its greeting. */
  public QmpVersion version() {
    return greeting.join().version();
  }

  /** Whether QEMU can still be asked. */
  public boolean isOpen() {
    return ended.get() == null;
  }

  /**
   * Reads on the calling thread until that is closed, which it must be soon: nobody else does.
   * Events are delivered on it then, while it asks or waits.
   */
  public QmpLead lead() {
    return new QmpLead(reader);
  }

  /**
   * Asks and waits for the answer.
   *
   * @throws QmpErrorException where QEMU refuses
   * @throws QmpTimeoutException where it does not answer in time; a late answer is dropped
   * @throws QmpClosedException where the connection has ended or ends
   */
  public <R> R execute(QmpRequest<R> request, long timeoutNs) {
    return ask(request).await(timeoutNs);
  }

  /**
   * Asks and does not wait.
   *
   * @throws QmpTimeoutException where too many requests wait already
   * @throws QmpClosedException where the connection has ended or ends
   */
  public <R> QmpAnswer<R> ask(QmpRequest<R> request) {
    QmpPending waiting = new QmpPending(request.command());
    send(request, waiting);
    return new QmpAnswer<>(request, waiting, reader);
  }

  /** Closes the connection; QEMU runs on. */
  @Override
  public void close() {
    end(new QmpClosedException("the connection was closed", null));
  }

  private QmpMessage.Greeting awaitGreeting(long timeoutNs) {
    try {
      QmpMessage.Greeting hello = greeting.get(timeoutNs, TimeUnit.NANOSECONDS);
      LOG.debug("connected to QEMU {}", hello.version());
      return hello;
    } catch (ExecutionException e) {
      throw new QmpClosedException("no greeting: " + e.getCause().getMessage(), e.getCause());
    } catch (TimeoutException e) {
      throw new QmpTimeoutException("no greeting within " + timeoutNs / 1_000_000 + " ms");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new QmpException("interrupted while waiting for the greeting", e);
    }
  }

  private void send(QmpRequest<?> request, QmpPending waiting) {
    synchronized (writing) {
      if (pending.size() >= MAX_PENDING) {
        throw new QmpTimeoutException(
            "QEMU has left "
                + MAX_PENDING
                + " requests unanswered, so "
                + request.command()
                + " was not sent");
      }
      long id = ++lastId;
      ByteBuffer line = ByteBuffer.wrap(encode(request, id));
      pending.put(id, waiting);
      try {
        // After the put: whoever ends the connection fails all that it finds pending.
        QmpException cause = ended.get();
        if (cause != null) {
          throw new QmpClosedException(
              request.command() + " was not sent: " + cause.getMessage(), cause);
        }
        write(line);
      } catch (IOException e) {
        end(new QmpClosedException("sending " + request.command() + " failed: " + e, e));
      } catch (RuntimeException e) {
        pending.remove(id);
        throw e;
      }
    }
  }

  private void write(ByteBuffer line) throws IOException {
    while (line.hasRemaining()) {
      if (channel.write(line) == 0) {
        throw new IOException("its socket is full");
      }
    }
  }

  static byte[] encode(QmpRequest<?> request, long id) {
    ObjectNode line = JsonNodeFactory.instance.objectNode();
    line.put("execute", request.command());
    JsonNode arguments = request.arguments();
    if (arguments != null) {
      line.set("arguments", arguments);
    }
    line.put("id", id);
    byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
    if (bytes.length > MAX_REQUEST_BYTES) {
      throw new IllegalArgumentException(
          request.command() + " has " + bytes.length + " bytes, more than " + MAX_REQUEST_BYTES);
    }
    return bytes;
  }

  private final class Incoming implements QmpReader.Sink {
    @Override
    public void onMessage(QmpMessage message) {
      QmpClient.this.onMessage(message);
    }

    @Override
    public void onEnd(QmpException cause) {
      end(cause);
    }
  }

  private void onMessage(QmpMessage message) {
    if (!greeting.isDone() && !(message instanceof QmpMessage.Greeting)) {
      throw new QmpFormatException("no greeting before the first message");
    }
    switch (message) {
      case QmpMessage.Greeting hello -> onGreeting(hello);
      case QmpMessage.Answer answer -> take(answer.id()).complete(answer.value());
      case QmpMessage.Refusal no -> take(no.id()).refuse(no.errorClass(), no.description());
      case QmpMessage.Event event -> listener.onEvent(event.event());
    }
  }

  private void onGreeting(QmpMessage.Greeting hello) {
    if (!greeting.complete(hello)) {
      throw new QmpFormatException("a second greeting");
    }
  }

  private QmpPending take(long id) {
    QmpPending waiting = pending.remove(id);
    if (waiting == null) {
      throw new QmpFormatException("an answer to request " + id + ", which does not wait for one");
    }
    return waiting;
  }

  private void end(QmpException cause) {
    if (!ended.compareAndSet(null, cause)) {
      return;
    }
    try {
      channel.close();
    } catch (IOException e) {
      LOG.debug("closing the connection failed", e);
    }
    reader.end();
    greeting.completeExceptionally(cause);
    pending.values().forEach(waiting -> waiting.fail(cause));
    pending.clear();
    listener.onClosed(cause);
  }
}
