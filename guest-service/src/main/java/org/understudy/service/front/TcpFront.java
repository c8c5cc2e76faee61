package org.understudy.service.front;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.function.Consumer;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;
import org.agrona.collections.Long2ObjectHashMap;
import org.agrona.concurrent.UnsafeBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.checkpoint.guest.ClientFront;
import org.understudy.checkpoint.guest.InputKind;

/**
 * A non-blocking TCP front over one selector. Each cycle reads every ready client once (one event
 * per read) and writes each client's replies once. Every session that was announced as opened is
 * announced as closed exactly once, whoever closed it. Nothing is bound to a thread; only {@link
 * #wakeUp} may be called while another thread is inside.
 */
public final class TcpFront implements ClientFront {
  /** Keeps a flood of new clients from delaying those that are served. */
  private static final int ACCEPTS_PER_POLL = 64;

  /** With so many refused events the sink is full for everybody: bounds the bytes kept for it. */
  private static final int MAX_PARKED_SESSIONS = 64;

  private static final Logger LOG = LoggerFactory.getLogger(TcpFront.class);

  private final FrontSettings settings;
  private final byte[] refusal;
  private final Listener listener;
  private final Selector selector;
  private final SelectorWait wait;
  private final Chunks chunks = new Chunks();
  private final ByteBuffer readBuffer = ByteBuffer.allocateDirect(Chunks.CHUNK_BYTES);
  private final UnsafeBuffer readView = new UnsafeBuffer(readBuffer);
  private final Long2ObjectHashMap<TcpSession> sessions = new Long2ObjectHashMap<>();
  private final ParkedSessions parked = new ParkedSessions(this::onUnparked);
  private final ArrayList<TcpSession> toFlush = new ArrayList<>();
  private final ArrayList<TcpSession> ready = new ArrayList<>();
  private final Consumer<SelectionKey> onReady = this::onReady;
  private int readyNext;
  private boolean acceptReady;
  private boolean acceptPaused;
  private long nextSessionId;
  private int connected;
  private long queuedBytes;
  private long slowClientsClosed;
  private long clientsRefused;

  /** A front that does not listen yet. */
  public TcpFront(FrontSettings settings) {
    this.settings = settings;
    this.refusal = settings.refusalBytes();
    this.listener = new Listener(settings.address());
    try {
      this.selector = Selector.open();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot open a selector: " + e.getMessage(), e);
    }
    this.wait = new SelectorWait(selector);
  }

  /**
   * Refuses an address that is in use, before anything is started on it.
   *
   * @throws java.io.UncheckedIOException with one line that names address and remedy
   */
  public static void requireFree(InetSocketAddress address) {
    try (Selector probe = Selector.open()) {
      Listener listener = new Listener(address);
      listener.open(probe);
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot open a selector: " + e.getMessage(), e);
    }
  }

  @Override
  public void startAccepting(long firstSessionId) {
    if (listener.isOpen()) {
      return;
    }
    listener.open(selector);
    nextSessionId = firstSessionId;
    acceptPaused = false;
  }

  @Override
  public void stopAccepting() {
    if (listener.isOpen()) {
      listener.close();
      // The kernel's socket lives until the selector has let go of it.
      select();
      acceptReady = false;
    }
  }

  /** Whether clients can connect now; any thread. */
  public boolean isAccepting() {
    return listener.isOpen();
  }

  /** Where it listens; the port is known once accepting has started. */
  public InetSocketAddress address() {
    return listener.address();
  }

  @Override
  public int poll(Sink sink) {
    parked.startPoll();
    int work = flush();
    work += parked.offerAll(sink);
    if (readyNext == ready.size()) {
      select();
    }
    if (acceptReady) {
      work += accept(sink);
    }
    work += readReady(sink);
    return work + flush();
  }

  @Override
  public void awaitReady(long timeoutNs) {
    flush();
    if (parked.isSinkFull()) {
      // Sockets stay readable while the sink is full; only time or a wake-up helps.
      wait.park(timeoutNs);
    } else if (readyNext == ready.size() && !acceptReady && parked.isEmpty()) {
      wait.select(onReady, timeoutNs);
    }
  }

  @Override
  public void wakeUp() {
    wait.wakeUp();
  }

  @Override
  public void send(long sessionId, DirectBuffer buffer, int offset, int length) {
    TcpSession session = sessions.get(sessionId);
    if (session == null || session.gone || session.closing) {
      return;
    }
    if (session.queuedBytes + length > settings.closeAtBytes()) {
      dropSlow(session);
      return;
    }
    if (queuedBytes + length > settings.maxQueuedBytes()) {
      dropSlow(longestQueue());
      if (session.gone) {
        return;
      }
    }
    try {
      session.enqueue(buffer, offset, length);
    } catch (OutOfMemoryError e) {
      queuedBytes += length;
      LOG.warn("no direct memory for {} queued bytes; raise -XX:MaxDirectMemorySize", queuedBytes);
      dropSlow(session);
      return;
    }
    queuedBytes += length;
    listForFlush(session);
  }

  @Override
  public void closeSession(long sessionId) {
    TcpSession session = sessions.get(sessionId);
    if (session != null && !session.gone) {
      session.closing = true;
      listForFlush(session);
    }
  }

  @Override
  public void closeSessions() {
    for (TcpSession session : sessions.values()) {
      closeSession(session.id);
    }
  }

  @Override
  public boolean isConnected(long sessionId) {
    TcpSession session = sessions.get(sessionId);
    return session != null && !session.gone;
  }

  @Override
  public int sessions() {
    return connected;
  }

  @Override
  public long queuedBytes() {
    return queuedBytes;
  }

  /** Clients closed because they did not take their replies. */
  public long slowClientsClosed() {
    return slowClientsClosed;
  }

  /** Clients turned away at the limit of sessions. */
  public long clientsRefused() {
    return clientsRefused;
  }

  @Override
  public void close() {
    listener.close();
    sessions.values().forEach(session -> CloseHelper.quietClose(session.channel));
    sessions.clear();
    connected = 0;
    queuedBytes = 0;
    CloseHelper.quietClose(selector);
  }

  private void select() {
    try {
      selector.selectNow(onReady);
    } catch (IOException e) {
      throw new UncheckedIOException("the selector failed: " + e.getMessage(), e);
    }
  }

  private void onReady(SelectionKey key) {
    TcpSession session = (TcpSession) key.attachment();
    if (session == null) {
      acceptReady = true;
      return;
    }
    if (key.isWritable()) {
      listForFlush(session);
    }
    if (key.isReadable() && !session.readyListed) {
      session.readyListed = true;
      ready.add(session);
    }
  }

  private int accept(Sink sink) {
    acceptReady = false;
    int accepted = 0;
    try {
      while (accepted < ACCEPTS_PER_POLL && !parked.isSinkFull() && listener.isOpen()) {
        SocketChannel channel = listener.accept();
        if (channel == null) {
          break;
        }
        accepted++;
        if (connected >= settings.maxSessions()) {
          refuse(channel);
        } else {
          open(channel, sink);
        }
      }
    } catch (IOException e) {
      // Out of file descriptors, mostly: the backlog keeps the client until a session has ended.
      LOG.warn("cannot accept a client: {}", e.getMessage());
      acceptPaused = true;
      listener.pause(true);
    }
    return accepted;
  }

  private void refuse(SocketChannel channel) throws IOException {
    clientsRefused++;
    channel.configureBlocking(false);
    channel.write(ByteBuffer.wrap(refusal));
    channel.close();
  }

  private void open(SocketChannel channel, Sink sink) {
    try {
      channel.configureBlocking(false);
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
      TcpSession session = new TcpSession(nextSessionId++, channel, key, chunks);
      key.attach(session);
      session.openedPending = true;
      sessions.put(session.id, session);
      connected++;
      if (!parked.offer(session, sink)) {
        park(session);
      }
    } catch (IOException e) {
      // The client is gone again before it was announced.
      CloseHelper.quietClose(channel);
    }
  }

  private int readReady(Sink sink) {
    int work = 0;
    while (readyNext < ready.size()
        && !parked.isSinkFull()
        && parked.size() < MAX_PARKED_SESSIONS) {
      TcpSession session = ready.get(readyNext++);
      session.readyListed = false;
      if (!session.gone && !session.parked && !session.closing && !session.inputEnded) {
        work++;
        read(session, sink);
      }
    }
    if (readyNext == ready.size()) {
      ready.clear();
      readyNext = 0;
    }
    return work;
  }

  private void read(TcpSession session, Sink sink) {
    int length;
    try {
      length = session.channel.read(readBuffer.clear());
    } catch (IOException e) {
      end(session);
      return;
    }
    if (length < 0) {
      endInput(session);
    } else if (length > 0
        && !sink.onClientEvent(InputKind.BYTES, session.id, readView, 0, length)) {
      session.park(readBuffer, length);
      park(session);
    }
  }

  private void park(TcpSession session) {
    parked.refuse(session);
    session.updateInterest(settings.stopReadingBytes());
  }

  /** It takes part again, or all of it is over. */
  private void onUnparked(TcpSession session) {
    forgetIfOver(session);
    session.updateInterest(settings.stopReadingBytes());
  }

  private void listForFlush(TcpSession session) {
    if (!session.flushListed) {
      session.flushListed = true;
      toFlush.add(session);
    }
  }

  private int flush() {
    int work = 0;
    for (int i = 0; i < toFlush.size(); i++) {
      TcpSession session = toFlush.get(i);
      session.flushListed = false;
      if (!session.gone) {
        work++;
        flush(session);
      }
    }
    toFlush.clear();
    return work;
  }

  private void flush(TcpSession session) {
    try {
      queuedBytes -= session.write();
      if (session.closing && session.queuedBytes == 0) {
        end(session);
      } else {
        session.updateInterest(settings.stopReadingBytes());
      }
    } catch (IOException e) {
      end(session);
    }
  }

  private void forgetIfOver(TcpSession session) {
    if (session.gone && !session.gonePending) {
      sessions.remove(session.id);
    }
  }

  private TcpSession longestQueue() {
    TcpSession longest = null;
    for (TcpSession session : sessions.values()) {
      if (longest == null || session.queuedBytes > longest.queuedBytes) {
        longest = session;
      }
    }
    return longest;
  }

  private void dropSlow(TcpSession session) {
    slowClientsClosed++;
    LOG.warn(
        "session {} closed: its client does not take its replies ({} bytes wait)",
        session.id,
        session.queuedBytes);
    end(session);
  }

  /**
   * The client sends no more. Whether it left or still reads cannot be told apart: the service
   * hears of it, and closes the session behind the replies that are on their way.
   */
  private void endInput(TcpSession session) {
    session.inputEnded = true;
    announceEnd(session);
    session.updateInterest(settings.stopReadingBytes());
  }

  private void announceEnd(TcpSession session) {
    session.gonePending = true;
    parked.add(session);
  }

  private void end(TcpSession session) {
    queuedBytes -= session.queuedBytes;
    session.closeSocket();
    connected--;
    if (session.inputEnded) {
      forgetIfOver(session);
    } else {
      announceEnd(session);
    }
    if (acceptPaused) {
      acceptPaused = false;
      listener.pause(false);
    }
  }
}
