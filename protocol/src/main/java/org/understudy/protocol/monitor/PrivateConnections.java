package org.understudy.protocol.monitor;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import org.understudy.host.socket.SocketCalls;

/**
 * What the thread of a {@link PrivateListener} does. All but the counts belongs to that thread.
 *
 * <p>With descriptors of its own it can load no class: the virtual machine reads its archives by
 * descriptors of the shared table, finds a socket in their place and dies. So all of it works on
 * numbers and bytes, throws nothing, and every path of it has run once before ({@link
 * PrivateRehearsal}): what a stranger says must never be the first of its kind.
 */
final class PrivateConnections {
  private static final int MAX = MonitorContext.MAX_INCOMING;
  private static final int POLL_FD_BYTES = 8;
  private static final int EVENTS_OFFSET = 4;
  private static final int REVENTS_OFFSET = 6;
  private static final short POLLIN = 1;
  private static final int WAKE = 0;
  private static final int SERVER = 1;
  private static final int FIRST = 2;
  private static final int FIRST_PRIVATE_FD = 3;
  private static final int MAX_FD = Integer.MAX_VALUE;
  private static final int ACCEPT_AGAIN_MS = 10;
  private static final int JUDGED_AFTER_MS = 1;
  private static final String ACCEPT_FAILED = "no more connections can be accepted (descriptors?)";
  private static final byte[] MAGIC = MonitorHello.ANY_MAGIC.getBytes(StandardCharsets.US_ASCII);
  private static final long NS_PER_MS = 1_000_000;

  private final MonitorContext context;
  private final SocketCalls calls;
  private final int wakeFd;
  private final MemorySegment pollFds;
  private final MemorySegment received;
  private final MemorySegment outgoing;
  private final MemorySegment address;
  private final int[] fds = new int[MAX];
  private final long[] deadlinesNs = new long[MAX];
  private final int[] lengths = new int[MAX];
  private final boolean[] areGreeted = new boolean[MAX];
  private final long[] arrivals = new long[MAX];
  private final Mailbox.Line[] waiting = new Mailbox.Line[MAX];
  private final long[] incarnations = new long[MAX];
  private final KnownPeer peer;
  private final Mailbox mailbox;
  private final AtomicLong strangers = new AtomicLong();
  private long arrived;
  private int count;
  private int server = -1;
  private volatile boolean isStopped;
  private volatile String lastReason = MonitorListener.SILENT;
  private volatile int failure;

  PrivateConnections(
      MonitorContext context, Mailbox mailbox, KnownPeer peer, Arena arena, int wakeFd) {
    this.context = context;
    this.mailbox = mailbox;
    this.peer = peer;
    this.wakeFd = wakeFd;
    calls = new SocketCalls(arena);
    pollFds = arena.allocate((long) POLL_FD_BYTES * (FIRST + MAX), POLL_FD_BYTES);
    received = arena.allocate((long) Greeting.MAX_BYTES * MAX);
    outgoing = arena.allocate(Greeting.MAX_BYTES);
    address = address(arena, context);
  }

  /** {@code sockaddr_in} or {@code sockaddr_in6} of where to listen. */
  private static MemorySegment address(Arena arena, MonitorContext context) {
    InetAddress host = context.listenAddress().getAddress();
    int port = context.listenAddress().getPort();
    boolean isIpv4 = host instanceof Inet4Address;
    MemorySegment result = arena.allocate(isIpv4 ? 16 : 28, 4);
    result.set(JAVA_SHORT, 0, (short) (isIpv4 ? SocketCalls.AF_INET : SocketCalls.AF_INET6));
    result.set(JAVA_BYTE, 2, (byte) (port >> 8));
    result.set(JAVA_BYTE, 3, (byte) port);
    byte[] bytes = host.getAddress();
    MemorySegment.copy(bytes, 0, result, JAVA_BYTE, isIpv4 ? 4 : 8, bytes.length);
    if (host instanceof Inet6Address scoped) {
      result.set(JAVA_INT, 24, scoped.getScopeId());
    }
    return result;
  }

  /** Parts with the shared descriptors and listens; the port, or a negative error number. */
  int openPrivately() {
    int result = calls.closeRange(FIRST_PRIVATE_FD, wakeFd - 1, SocketCalls.CLOSE_RANGE_UNSHARE);
    if (result >= 0) {
      result = calls.closeRange(wakeFd + 1, MAX_FD, 0);
    }
    return result < 0 ? result : open();
  }

  /** Listens; the port, or a negative error number. */
  int open() {
    server = calls.tcpSocket(address.get(JAVA_SHORT, 0));
    if (server < 0) {
      return server;
    }
    int result = calls.bind(server, address);
    if (result >= 0) {
      result = calls.listen(server, MonitorContext.BACKLOG);
    }
    if (result >= 0) {
      result = calls.ownAddress(server, address);
    }
    return result < 0
        ? result
        : (address.get(JAVA_BYTE, 2) & 0xff) << 8 | address.get(JAVA_BYTE, 3) & 0xff;
  }

  void serve() {
    watch(WAKE, wakeFd);
    watch(SERVER, server);
    while (!isStopped) {
      for (int i = 0; i < count; i++) {
        watch(FIRST + i, fds[i]);
      }
      int ready = calls.poll(pollFds, FIRST + count, timeoutMs());
      if (ready < 0 && ready != -SocketCalls.EINTR) {
        failure = -ready;
        return;
      }
      long nowNs = System.nanoTime();
      for (int i = count - 1; i >= 0; i--) {
        look(i, ready > 0 && isReady(FIRST + i), nowNs);
      }
      takeJudgements();
      if (ready > 0 && isReady(SERVER)) {
        accept(nowNs);
      }
    }
  }

  private void watch(int slot, int fd) {
    pollFds.set(JAVA_INT, (long) slot * POLL_FD_BYTES, fd);
    pollFds.set(JAVA_SHORT, (long) slot * POLL_FD_BYTES + EVENTS_OFFSET, POLLIN);
  }

  private boolean isReady(int slot) {
    return pollFds.get(JAVA_SHORT, (long) slot * POLL_FD_BYTES + REVENTS_OFFSET) != 0;
  }

  /** Without end unless somebody has yet to introduce himself. */
  private int timeoutMs() {
    int timeoutMs = -1;
    for (int i = 0; i < count; i++) {
      if (waiting[i] != null) {
        return JUDGED_AFTER_MS;
      }
      if (!areGreeted[i]) {
        timeoutMs = (int) Math.max(1, context.helloTimeoutNs() / 4 / NS_PER_MS);
      }
    }
    return timeoutMs;
  }

  private void accept(long nowNs) {
    int result = 0;
    for (int i = 0; i < MonitorContext.BACKLOG && result >= 0; i++) {
      result = calls.accept(server);
      if (result >= 0) {
        admit(result, nowNs);
      }
    }
    if (result < 0 && result != -SocketCalls.EAGAIN && result != -SocketCalls.EINTR) {
      turnAway(ACCEPT_FAILED);
      calls.poll(pollFds, 0, ACCEPT_AGAIN_MS);
    }
  }

  private void admit(int fd, long nowNs) {
    if (count == MAX) {
      turnAway(victim(), MonitorListener.TOO_MANY);
    }
    fds[count] = fd;
    deadlinesNs[count] = nowNs + context.helloTimeoutNs();
    lengths[count] = 0;
    areGreeted[count] = false;
    waiting[count] = null;
    incarnations[count] = 0;
    arrivals[count] = arrived++;
    count++;
  }

  /**
   * Who makes room: the oldest that is not the peer, so that nobody keeps the peer out by staying;
   * the oldest of all where everybody says he is.
   */
  private int victim() {
    int victim = 0;
    for (int i = 1; i < count; i++) {
      boolean isPeer = isPeer(i);
      boolean isVictimPeer = isPeer(victim);
      if (isPeer == isVictimPeer ? arrivals[i] < arrivals[victim] : isVictimPeer) {
        victim = i;
      }
    }
    return victim;
  }

  /** Whether it said that it is the peer. */
  private boolean isPeer(int index) {
    return peer.isIncarnation(incarnations[index]);
  }

  private void look(int index, boolean isReady, long nowNs) {
    if (isReady) {
      read(index);
    } else if (!areGreeted[index] && nowNs - deadlinesNs[index] >= 0) {
      turnAway(index, MonitorListener.SILENT);
    }
  }

  private void read(int index) {
    long start = (long) index * Greeting.MAX_BYTES;
    int length = lengths[index];
    MemorySegment free = received.asSlice(start + length, Greeting.MAX_BYTES - length);
    int result = calls.receive(fds[index], free);
    if (result == -SocketCalls.EAGAIN || result == -SocketCalls.EINTR) {
      return;
    }
    if (result <= 0) {
      drop(index);
    } else if (areGreeted[index] || waiting[index] != null) {
      turnAway(index, MonitorListener.NO_HELLO);
    } else {
      lengths[index] = length + result;
      hear(index);
    }
  }

  private void hear(int index) {
    int length = lengths[index];
    int end = lineEnd(index);
    if (end == length && length < Greeting.MAX_BYTES) {
      return;
    }
    if (end != length - 1 || !startsWithMagic(index)) {
      turnAway(index, MonitorListener.NO_HELLO);
      return;
    }
    byte[] line = new byte[end];
    MemorySegment.copy(received, JAVA_BYTE, (long) index * Greeting.MAX_BYTES, line, 0, end);
    waiting[index] = mailbox.ask(arrivals[index], line);
    if (waiting[index] == null) {
      turnAway(index, MonitorListener.TOO_MANY);
    }
  }

  /** Noise of all kinds costs the agent's thread nothing. */
  private boolean startsWithMagic(int index) {
    long start = (long) index * Greeting.MAX_BYTES;
    for (int i = 0; i < MAGIC.length; i++) {
      if (i == lengths[index] || received.get(JAVA_BYTE, start + i) != MAGIC[i]) {
        return false;
      }
    }
    return true;
  }

  private int lineEnd(int index) {
    long start = (long) index * Greeting.MAX_BYTES;
    int end = 0;
    while (end < lengths[index] && received.get(JAVA_BYTE, start + end) != '\n') {
      end++;
    }
    return end;
  }

  private void takeJudgements() {
    Mailbox.Judgement judgement = mailbox.judged();
    while (judgement != null) {
      int index = indexOf(judgement.arrival());
      if (index >= 0) {
        take(index, judgement);
      }
      judgement = mailbox.judged();
    }
  }

  /** -1 if it has left meanwhile. */
  private int indexOf(long arrival) {
    for (int i = 0; i < count; i++) {
      if (arrivals[i] == arrival) {
        return i;
      }
    }
    return -1;
  }

  private void take(int index, Mailbox.Judgement judgement) {
    byte[] answer = judgement.answer();
    if (answer == null) {
      turnAway(index, judgement.refusal());
      return;
    }
    MemorySegment.copy(answer, 0, outgoing, JAVA_BYTE, 0, answer.length);
    if (calls.send(fds[index], outgoing.asSlice(0, answer.length)) != answer.length) {
      drop(index);
      return;
    }
    waiting[index] = null;
    areGreeted[index] = true;
    incarnations[index] = judgement.incarnation();
  }

  private void turnAway(int index, String reason) {
    turnAway(reason);
    drop(index);
  }

  private void turnAway(String reason) {
    lastReason = reason;
    strangers.incrementAndGet();
  }

  /** The last one takes its place. */
  private void drop(int index) {
    calls.close(fds[index]);
    if (waiting[index] != null) {
      waiting[index].leave();
    }
    int last = --count;
    if (index != last) {
      fds[index] = fds[last];
      deadlinesNs[index] = deadlinesNs[last];
      lengths[index] = lengths[last];
      areGreeted[index] = areGreeted[last];
      waiting[index] = waiting[last];
      incarnations[index] = incarnations[last];
      arrivals[index] = arrivals[last];
      MemorySegment.copy(
          received,
          (long) last * Greeting.MAX_BYTES,
          received,
          (long) index * Greeting.MAX_BYTES,
          lengths[last]);
    }
  }

  /** To be followed by a wake-up. */
  void stop() {
    isStopped = true;
  }

  /** On the thread: what is left is closed, so that a peer sees it at once. */
  void close() {
    while (count > 0) {
      drop(count - 1);
    }
    if (server >= 0) {
      calls.close(server);
      server = -1;
    }
  }

  long strangers() {
    return strangers.get();
  }

  String lastReason() {
    return lastReason;
  }

  /** Error number that ended the service; 0 as long as it goes on. */
  int failure() {
    return failure;
  }
}
