package org.understudy.protocol.monitor;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
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
  private static final int TOO_MANY = 0;
  private static final int SILENT = 1;
  private static final int NO_HELLO = 2;
  private static final int OTHER_PAIR = 3;
  private static final int ACCEPT_FAILED = 4;
  private static final String[] REASONS = {
    MonitorListener.TOO_MANY,
    MonitorListener.SILENT,
    MonitorListener.NO_HELLO,
    MonitorListener.OTHER_PAIR,
    "no more connections can be accepted (descriptors?)"
  };
  private static final byte[] MAGIC = MonitorHello.magic();
  private static final int HEX_DIGITS = 16;
  private static final long NS_PER_MS = 1_000_000;

  private final MonitorContext context;
  private final byte[] prefix;
  private final SocketCalls calls;
  private final int wakeFd;
  private final MemorySegment ownLine;
  private final MemorySegment pollFds;
  private final MemorySegment received;
  private final MemorySegment address;
  private final int[] fds = new int[MAX];
  private final long[] deadlinesNs = new long[MAX];
  private final int[] lengths = new int[MAX];
  private final boolean[] areGreeted = new boolean[MAX];
  private final long[] arrivals = new long[MAX];
  private final KnownPeer peer;
  private final AtomicLong strangers = new AtomicLong();
  private long arrived;
  private int count;
  private int server = -1;
  private volatile boolean isStopped;
  private volatile int lastReason;
  private volatile int failure;

  PrivateConnections(
      MonitorContext context, MonitorHello own, KnownPeer peer, Arena arena, int wakeFd) {
    this.context = context;
    this.prefix = MonitorHello.prefix(own.pairId());
    this.peer = peer;
    this.wakeFd = wakeFd;
    calls = new SocketCalls(arena);
    byte[] bytes = own.encode().array();
    ownLine = arena.allocate(bytes.length).copyFrom(MemorySegment.ofArray(bytes));
    pollFds = arena.allocate((long) POLL_FD_BYTES * (FIRST + MAX), POLL_FD_BYTES);
    received = arena.allocate((long) MonitorHello.MAX_BYTES * MAX);
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
    for (int i = 0; i < count; i++) {
      if (!areGreeted[i]) {
        return (int) Math.max(1, context.helloTimeoutNs() / 4 / NS_PER_MS);
      }
    }
    return -1;
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
      turnAway(victim(), TOO_MANY);
    }
    fds[count] = fd;
    deadlinesNs[count] = nowNs + context.helloTimeoutNs();
    lengths[count] = 0;
    areGreeted[count] = false;
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

  /** Whether it said what the peer says. */
  private boolean isPeer(int index) {
    byte[] said = peer.line();
    return areGreeted[index] && said.length == lengths[index] && startsWith(index, said);
  }

  private boolean startsWith(int index, byte[] expected) {
    long start = (long) index * MonitorHello.MAX_BYTES;
    if (lengths[index] < expected.length) {
      return false;
    }
    for (int i = 0; i < expected.length; i++) {
      if (received.get(JAVA_BYTE, start + i) != expected[i]) {
        return false;
      }
    }
    return true;
  }

  private void look(int index, boolean isReady, long nowNs) {
    if (isReady) {
      read(index);
    } else if (!areGreeted[index] && nowNs - deadlinesNs[index] >= 0) {
      turnAway(index, SILENT);
    }
  }

  private void read(int index) {
    long start = (long) index * MonitorHello.MAX_BYTES;
    int length = lengths[index];
    MemorySegment free = received.asSlice(start + length, MonitorHello.MAX_BYTES - length);
    int result = calls.receive(fds[index], free);
    if (result == -SocketCalls.EAGAIN || result == -SocketCalls.EINTR) {
      return;
    }
    if (result <= 0) {
      drop(index);
    } else if (areGreeted[index]) {
      turnAway(index, NO_HELLO);
    } else {
      lengths[index] = length + result;
      hear(index);
    }
  }

  private void hear(int index) {
    int length = lengths[index];
    int end = lineEnd(index);
    if (end == length && length < MonitorHello.MAX_BYTES) {
      return;
    }
    if (end != length - 1) {
      turnAway(index, NO_HELLO);
    } else if (!startsWith(index, prefix)) {
      turnAway(index, startsWith(index, MAGIC) ? OTHER_PAIR : NO_HELLO);
    } else if (!isNode(index, prefix.length, end)) {
      turnAway(index, NO_HELLO);
    } else if (calls.send(fds[index], ownLine) != ownLine.byteSize()) {
      drop(index);
    } else {
      areGreeted[index] = true;
    }
  }

  private int lineEnd(int index) {
    int end = 0;
    while (end < lengths[index] && byteAt(index, end) != '\n') {
      end++;
    }
    return end;
  }

  private byte byteAt(int index, int at) {
    return received.get(JAVA_BYTE, (long) index * MonitorHello.MAX_BYTES + at);
  }

  /** Whether a name, a blank and a hexadecimal number stand there. */
  private boolean isNode(int index, int from, int to) {
    int blank = from;
    while (blank < to && MonitorHello.isNameByte(byteAt(index, blank))) {
      blank++;
    }
    int digits = to - blank - 1;
    if (blank == from
        || blank - from > MonitorHello.MAX_NAME
        || digits < 1
        || digits > HEX_DIGITS) {
      return false;
    }
    for (int i = blank + 1; i < to; i++) {
      if (!MonitorHello.isHexByte(byteAt(index, i))) {
        return false;
      }
    }
    return byteAt(index, blank) == ' ';
  }

  private void turnAway(int index, int reason) {
    turnAway(reason);
    drop(index);
  }

  private void turnAway(int reason) {
    lastReason = reason;
    strangers.incrementAndGet();
  }

  /** The last one takes its place. */
  private void drop(int index) {
    calls.close(fds[index]);
    int last = --count;
    if (index != last) {
      fds[index] = fds[last];
      deadlinesNs[index] = deadlinesNs[last];
      lengths[index] = lengths[last];
      areGreeted[index] = areGreeted[last];
      arrivals[index] = arrivals[last];
      MemorySegment.copy(
          received,
          (long) last * MonitorHello.MAX_BYTES,
          received,
          (long) index * MonitorHello.MAX_BYTES,
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
    return REASONS[lastReason];
  }

  /** Error number that ended the service; 0 as long as it goes on. */
  int failure() {
    return failure;
  }
}
