package org.understudy.service.front;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;
import org.agrona.collections.Long2ObjectHashMap;
import org.agrona.concurrent.UnsafeBuffer;
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

  private final FrontSettings settings;
  private final byte[] refusal;
  private final int maxSessions;
  private final Acceptor acceptor;
  private final Selector selector;
  private final SelectorWait wait;
  private final Chunks large;
  private final Chunks small;
  private final Chunks reads;
  private final SlowClients slowClients = new SlowClients();
  private final UnsafeBuffer readView = new UnsafeBuffer(0, 0);
  private Chunks.Chunk reading;
  private final Long2ObjectHashMap<TcpSession> sessions = new Long2ObjectHashMap<>();
  private final ParkedSessions parked = new ParkedSessions(this::onUnparked);
  private final ReplySuppression replay = new ReplySuppression();
  private final ArrayList<TcpSession> toFlush = new ArrayList<>();
  private final ArrayList<TcpSession> ready = new ArrayList<>();
  private final Consumer<SelectionKey> onReady = this::onReady;
  private final Consumer<TcpSession> dropSlow = this::dropSlow;
  private int readyNext;
  private long nowNs;
  private long nextSessionId;
  private int connected;
  private long queuedBytes;

  /**
   * A front that does not listen yet; all of its memory is reserved.
   *
   * @throws IllegalStateException if the process may not open enough descriptors
   */
  public TcpFront(FrontSettings settings) {
    this(settings, Descriptors.limit());
  }

  TcpFront(FrontSettings settings, long descriptorLimit) {
    this.settings = settings;
    this.refusal = settings.refusalBytes();
    this.maxSessions = Descriptors.require(settings.maxSessions(), descriptorLimit);
    large = new Chunks("replies", Chunks.LARGE_BYTES, settings.largeChunks());
    small = new Chunks("short replies", Chunks.SMALL_BYTES, maxSessions);
    reads = new Chunks("inputs", Chunks.LARGE_BYTES, FrontSettings.MAX_PARKED_READS + 1);
    nextRead();
    try {
      this.selector = Selector.open();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot open a selector: " + e.getMessage(), e);
    }
    this.acceptor = new Acceptor(settings.address(), selector);
    this.wait = new SelectorWait(selector);
  }

  /**
   * Refuses an address that is in use, before anything is started on it.
   *
   * @throws java.io.UncheckedIOException with one line that names address and remedy
   */
  public static void requireFree(InetSocketAddress address) {
    Listener.requireFree(address);
  }

  @Override
  public void startAccepting(long firstSessionId) {
    if (acceptor.isOpen()) {
      return;
    }
    acceptor.open();
    // The guest knows nothing of sessions that it has not opened yet: their ids are given, too.
    nextSessionId = Math.max(nextSessionId, firstSessionId);
  }

  @Override
  public void stopAccepting() {
    if (acceptor.isOpen()) {
      acceptor.close();
      // The kernel's socket lives until the selector has let go of it.
      select();
      acceptor.clearReady();
    }
  }

  /** Whether clients can connect now; any thread. */
  public boolean isAccepting() {
    return acceptor.isOpen();
  }

  boolean isHeldUp() {
    return acceptor.isHeldUp();
  }

  /** Where it listens; the port is known once accepting has started. */
  public InetSocketAddress address() {
    return acceptor.address();
  }

  @Override
  public int poll(Sink sink) {
    nowNs = System.nanoTime();
    parked.startPoll();
    acceptor.poll(nowNs);
    slowClients.endOverdue(nowNs, dropSlow);
    int work = flush();
    work += parked.offerAll(sink);
    if (readyNext == ready.size()) {
      select();
    }
    if (acceptor.isReady()) {
      work += accept(sink);
    }
    work += readReady(sink);
    work += flush();
    replay.flushed();
    return work;
  }

  @Override
  public void awaitReady(long timeoutNs) {
    flush();
    if (parked.isSinkFull()) {
      // Sockets stay readable while the sink is full; only time or a wake-up helps.
      wait.park(timeoutNs);
    } else if (readyNext == ready.size() && !acceptor.isReady() && parked.isEmpty()) {
      wait.select(onReady, acceptor.boundWait(timeoutNs));
    }
  }

  @Override
  public void wakeUp() {
    wait.wakeUp();
  }

  @Override
  public void send(long sessionId, DirectBuffer buffer, int offset, int length) {
    int sentBefore = replay.sentBefore(sessionId, buffer, offset, length);
    if (sentBefore == ReplySuppression.DIFFERENT) {
      closeSession(sessionId);
    } else if (sentBefore < length) {
      queue(sessionId, buffer, offset + sentBefore, length - sentBefore);
    }
  }

  private void queue(long sessionId, DirectBuffer buffer, int offset, int length) {
    TcpSession session = sessions.get(sessionId);
    if (session == null || session.gone || session.closing) {
      return;
    }
    if (session.queuedBytes + length > settings.closeAtBytes()) {
      dropSlow(session);
      return;
    }
    while (!session.hasRoom(length)) {
      TcpSession slow = slowClients.choose(sessions.values(), session, nowNs);
      dropSlow(slow);
      if (slow == session) {
        return;
      }
    }
    session.enqueue(buffer, offset, length, nowNs);
    queuedBytes += length;
    listForFlush(session);
  }

  @Override
  public void startReplay(SentReplies before, LongConsumer firstReply) {
    replay.start(before, firstReply);
  }

  @Override
  public void endReplay() {
    replay.end();
  }

  @Override
  public void closeSession(long sessionId) {
    TcpSession session = sessions.get(sessionId);
    if (session != null && !session.gone && !session.closing) {
      session.closing = true;
      slowClients.ends(session, nowNs);
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

  @Override
  public long slowClientsClosed() {
    return slowClients.closed();
  }

  @Override
  public long clientsRefused() {
    return acceptor.refused();
  }

  /** Memory off the heap that is backed by pages of the host, or may be. */
  long residentBytes() {
    return large.residentBytes() + small.residentBytes() + reads.residentBytes();
  }

  @Override
  public void close() {
    acceptor.close();
    sessions.values().forEach(session -> CloseHelper.quietClose(session.channel));
    sessions.clear();
    connected = 0;
    queuedBytes = 0;
    CloseHelper.quietClose(selector);
    large.close();
    small.close();
    reads.close();
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
      acceptor.ready();
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
    acceptor.clearReady();
    int accepted = 0;
    while (accepted < ACCEPTS_PER_POLL && !parked.isSinkFull() && acceptor.isOpen()) {
      SocketChannel channel = acceptor.next(nowNs);
      if (channel == null) {
        break;
      }
      accepted++;
      if (connected >= maxSessions) {
        acceptor.refuse(channel, refusal);
      } else {
        open(channel, sink);
      }
    }
    return accepted;
  }

  private void open(SocketChannel channel, Sink sink) {
    try {
      channel.configureBlocking(false);
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
      TcpSession session = new TcpSession(nextSessionId++, channel, key, large, small);
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
        && parked.size() < FrontSettings.MAX_PARKED_READS) {
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
      length = session.channel.read(reading.buffer.clear());
    } catch (IOException e) {
      end(session);
      return;
    }
    if (length < 0) {
      endInput(session);
    } else if (length > 0
        && !sink.onClientEvent(InputKind.BYTES, session.id, readView, 0, length)) {
      reading.buffer.clear();
      reading.written = length;
      session.park(reading);
      nextRead();
      park(session);
    }
  }

  /** One more piece than can be parked: there is always one to read into. */
  private void nextRead() {
    reading = reads.take();
    readView.wrap(reading.buffer);
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
      queuedBytes -= session.write(nowNs);
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

  private void dropSlow(TcpSession session) {
    slowClients.close(session, nowNs);
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
  }
}
