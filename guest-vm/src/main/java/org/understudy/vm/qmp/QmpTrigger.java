package org.understudy.vm.qmp;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * A monitor of its own for requests that a paused guest waits for. QEMU reads a request byte by
 * byte, three microseconds each, so all of it but the last byte is {@linkplain #load sent ahead},
 * while the guest runs or QEMU has other work, and the last one is a {@linkplain #pull trigger}.
 *
 * <p>One thread at a time, which reads here itself. Events come here too and are dropped: the
 * {@link QmpClient} of the same QEMU delivers them.
 */
public final class QmpTrigger implements AutoCloseable {
  private static final byte[] LAST = {'}', '\n'};

  private final SocketChannel channel;
  private final QmpLines lines;
  private final Selector selector;
  private final ByteBuffer last = ByteBuffer.wrap(LAST);
  private String loaded;
  private String asked = "greeting";
  private long askedId;

  private QmpTrigger(SocketChannel channel) throws IOException {
    this.channel = channel;
    lines = new QmpLines(channel);
    channel.configureBlocking(false);
    selector = Selector.open();
    channel.register(selector, SelectionKey.OP_READ);
  }

  /**
   * Connects and leaves the negotiation mode.
   *
   * @throws IOException where nobody listens on the socket
   * @throws QmpException where what listens does not speak QMP in time
   */
  public static QmpTrigger connect(Path socket, long timeoutNs) throws IOException {
    SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
    QmpTrigger trigger;
    try {
      trigger = new QmpTrigger(channel);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    try {
      trigger.negotiate(System.nanoTime() + timeoutNs, timeoutNs);
      return trigger;
    } catch (QmpException e) {
      trigger.close();
      throw e;
    }
  }

  private void negotiate(long deadlineNs, long timeoutNs) {
    if (!(next(deadlineNs) instanceof QmpMessage.Greeting greeting)) {
      throw new QmpFormatException("no greeting before the first message");
    }
    load(new QmpRequests.Capabilities(greeting.hasOutOfBand()));
    pull();
    await(timeoutNs);
  }

  /** Sends a request but for its end: QEMU has read it when it is to be carried out. */
  public void load(QmpRequest<?> request) {
    if (loaded != null) {
      throw new IllegalStateException(loaded + " is loaded, and not pulled");
    }
    byte[] line = QmpClient.encode(request, askedId + 1);
    send(request.command(), ByteBuffer.wrap(line, 0, line.length - LAST.length));
    loaded = request.command();
  }

  /** Has QEMU carry out what was loaded. Another one may be loaded at once. */
  public void pull() {
    if (loaded == null) {
      throw new IllegalStateException("nothing is loaded");
    }
    asked = loaded;
    askedId++;
    loaded = null;
    send(asked, last.rewind());
  }

  private void send(String command, ByteBuffer bytes) {
    try {
      while (bytes.hasRemaining()) {
        if (channel.write(bytes) == 0) {
          throw new IOException("its socket is full");
        }
      }
    } catch (IOException e) {
      throw new QmpClosedException("sending " + command + " failed: " + e, e);
    }
  }

  /**
   * Waits for the answer to the request that was pulled last.
   *
   * @throws QmpErrorException where QEMU refuses
   * @throws QmpTimeoutException where it does not answer in time
   * @throws QmpClosedException where the connection has ended
   */
  public void await(long timeoutNs) {
    long deadlineNs = System.nanoTime() + timeoutNs;
    while (true) {
      switch (next(deadlineNs)) {
        case QmpMessage.Answer answer when answer.id() == askedId -> {
          return;
        }
        case QmpMessage.Refusal no when no.id() == askedId ->
            throw new QmpErrorException(asked, no.errorClass(), no.description());
        case QmpMessage.Event event -> {
          // the other connection's
        }
        case QmpMessage other -> throw new QmpFormatException("unexpected: " + other);
      }
    }
  }

  private QmpMessage next(long deadlineNs) {
    try {
      int length = lines.next();
      while (length < 0) {
        long leftMs = TimeUnit.NANOSECONDS.toMillis(deadlineNs - System.nanoTime());
        if (leftMs <= 0) {
          throw new QmpTimeoutException("QEMU did not answer " + asked + " in time");
        }
        selector.select(leftMs);
        selector.selectedKeys().clear();
        length = lines.next();
      }
      return QmpParser.parse(lines.bytes(), length, QmpClock.now());
    } catch (IOException e) {
      throw new QmpClosedException(String.valueOf(e.getMessage()), e);
    }
  }

  /** Closes the connection; what is loaded is forgotten. */
  @Override
  public void close() {
    try (channel) {
      selector.close();
    } catch (IOException e) {
      throw new QmpClosedException("closing a connection failed: " + e, e);
    }
  }
}
