package org.understudy.service.guest;

import java.util.function.LongPredicate;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.understudy.service.ReplyLimitException;
import org.understudy.service.Service;
import org.understudy.service.ServiceContext;
import org.understudy.service.ServiceDefinition;
import org.understudy.service.Timers;
import org.understudy.service.memory.Allocator;
import org.understudy.service.memory.OutOfProtectedMemoryException;
import org.understudy.service.memory.PagedAllocator;
import org.understudy.service.memory.ProtectedMemory;

/**
 * A service with its sessions, timers and clock: takes events and the time, no thread, no clock of
 * its own. All of its state between two events is in protected memory; {@link #seal} writes what is
 * kept in a field meanwhile.
 *
 * <p>Before each event the driver calls {@link #advanceClock} with the event's stamp, then {@link
 * #runPending} until it returns false, and may capture in between: what is pending follows from
 * memory and stamp alone, so that a replay does the same.
 */
public final class ServiceRuntime implements ServiceContext {
  /** Free pages kept from the service, so that sessions and their input still find room. */
  private static final long MAX_RESERVE_BYTES = 8L << 20;

  private static final long RESERVE_SHARE = 64;
  private static final long CONTINUED_ID = Superblock.CONTINUED_AT;
  private static final long CONTINUED = Superblock.CONTINUED_AT + Long.BYTES;

  private final ProtectedMemory memory;
  private final ServiceDefinition definition;
  private final ServiceSettings settings;
  private final UnsafeBuffer joined = new UnsafeBuffer(0, 0);
  private PagedAllocator allocator;
  private PagedAllocator serviceAllocator;
  private SessionTable sessions;
  private TimerTable timers;
  private Service service;
  private OutputBuffer localOutput;
  private OutputBuffer remoteOutput;
  private long stampNs;
  private int replyBytesLeft;
  private boolean continueAsked;

  private ServiceRuntime(
      ProtectedMemory memory, ServiceDefinition definition, ServiceSettings settings) {
    this.memory = memory;
    this.definition = definition;
    this.settings = settings;
    localOutput = new OutputBuffer(settings.outputLimitBytes());
    remoteOutput = new OutputBuffer(settings.outputLimitBytes());
  }

  /** Starts a service on zeroed memory. */
  public static ServiceRuntime start(
      ProtectedMemory memory, ServiceDefinition definition, ServiceSettings settings) {
    ServiceRuntime runtime = new ServiceRuntime(memory, definition, settings);
    runtime.open(Superblock.format(memory));
    runtime.service.start(runtime);
    return runtime;
  }

  /**
   * Goes on from the memory of an earlier instance.
   *
   * @throws IllegalArgumentException if the memory does not hold a service of this layout and size
   */
  public static ServiceRuntime restore(
      ProtectedMemory memory, ServiceDefinition definition, ServiceSettings settings) {
    ServiceRuntime runtime = new ServiceRuntime(memory, definition, settings);
    runtime.reopen();
    return runtime;
  }

  /** Drops the service object and everything else that is not memory, and restores it. */
  public void reopen() {
    open(Superblock.open(memory));
    service.restore(this);
  }

  private void open(PagedAllocator opened) {
    allocator = opened;
    long reserve = Math.min(MAX_RESERVE_BYTES, memory.capacity() / RESERVE_SHARE);
    serviceAllocator = opened.withReserve(reserve);
    sessions = new SessionTable(memory, allocator);
    timers = new TimerTable(memory, serviceAllocator, this::stampNs);
    stampNs = Superblock.stampNs(memory);
    replyBytesLeft = settings.replyLimitBytes();
    service = definition.newService().get();
  }

  /** Where replies go from now on, for sessions of this node's front and of a backup's front. */
  void outputs(OutputBuffer local, OutputBuffer remote) {
    localOutput = local;
    remoteOutput = remote;
  }

  OutputBuffer localOutput() {
    return localOutput;
  }

  OutputBuffer remoteOutput() {
    return remoteOutput;
  }

  /** Writes to memory what is kept in fields between captures. */
  public void seal() {
    Superblock.stampNs(memory, stampNs);
  }

  /** The stamp of the next event; the clock never goes back. */
  public void advanceClock(long eventStampNs) {
    stampNs = Math.max(stampNs, eventStampNs);
  }

  /** Stamp at which the service wants to run next without an input; MAX_VALUE for never. */
  public long nextTimerNs() {
    return timers.nextDueNs();
  }

  /** Runs one event that is due before any other input; false if there is none. */
  public boolean runPending() {
    if (memory.getInt(CONTINUED) != 0) {
      continueSession();
    } else if (sessions.anyClosing()) {
      finishClosing(sessions.takeClosing());
    } else if (timers.nextDueNs() <= stampNs) {
      beginEvent();
      service.onTimer(timers.takeNext(), stampNs);
    } else {
      return false;
    }
    return true;
  }

  /** A client connected. */
  public void sessionOpened(long sessionId, boolean local) {
    if (sessions.find(sessionId) != 0) {
      throw new IllegalStateException("session " + sessionId + " is already open");
    }
    beginEvent();
    if (sessions.count() >= settings.maxSessions() || !addSession(sessionId, local)) {
      output(local).appendClose(sessionId);
      return;
    }
    service.onSessionOpened(sessionId, stampNs);
  }

  /** Bytes of a client; those of unknown and closing sessions are dropped. */
  public void input(long sessionId, DirectBuffer buffer, int offset, int length) {
    long record = sessions.find(sessionId);
    if (record == 0 || isClosing(record)) {
      return;
    }
    int kept = sessions.restLength(record);
    if (kept == 0) {
      deliver(record, sessionId, buffer, offset, length);
      return;
    }
    if (joined.capacity() < kept + length) {
      joined.wrap(new byte[Math.max(2 * settings.remainderBytes(), 2 * (kept + length))]);
    }
    memory.getBytes(sessions.restOffset(record), joined, 0, kept);
    buffer.getBytes(offset, joined, kept, length);
    deliver(record, sessionId, joined, 0, kept + length);
  }

  /** A client sends no more. It may still read: its connection closes behind its replies. */
  public void sessionClosed(long sessionId) {
    long record = sessions.find(sessionId);
    if (record != 0) {
      if (!isClosing(record)) {
        output((sessions.flags(record) & SessionTable.LOCAL) != 0).appendClose(sessionId);
      }
      sessions.flags(record, sessions.flags(record) | SessionTable.CLOSING);
      finishClosing(record);
    }
  }

  /** Marks the sessions of a backup's front closed; their closed events are pending then. */
  public void closeRemoteSessions() {
    for (int slot = 0; slot < sessions.slots(); slot++) {
      long record = sessions.inSlot(slot);
      if (record != 0 && (sessions.flags(record) & ~SessionTable.OPEN) == 0) {
        sessions.addClosing(record);
      }
    }
  }

  /** Closes the sessions of this node's own front, after the replies that wait for them. */
  public void closeLocalSessions() {
    for (int slot = 0; slot < sessions.slots(); slot++) {
      long record = sessions.inSlot(slot);
      if (record != 0 && (sessions.flags(record) & SessionTable.LOCAL) != 0) {
        closeSession(sessions.id(record));
      }
    }
  }

  /**
   * After a restore: sessions of this node's front become local; those of the lost node's own front
   * are gone, and their closed events are pending.
   */
  public void adoptSessions(LongPredicate connectedHere) {
    for (int slot = 0; slot < sessions.slots(); slot++) {
      long record = sessions.inSlot(slot);
      if (record == 0 || isClosing(record)) {
        continue;
      }
      int flags = sessions.flags(record);
      if (connectedHere.test(sessions.id(record))) {
        sessions.flags(record, flags | SessionTable.LOCAL);
      } else if ((flags & SessionTable.LOCAL) != 0) {
        sessions.addClosing(record);
      }
    }
  }

  /** Highest session id ever seen; 0 before the first. */
  long highestSessionId() {
    return sessions.highestId();
  }

  boolean highestSessionIsLocal() {
    return sessions.highestIsLocal();
  }

  /** Runs of pages that may be non-zero. */
  PagedAllocator pages() {
    return allocator;
  }

  private boolean addSession(long sessionId, boolean local) {
    try {
      sessions.add(sessionId, local);
      return true;
    } catch (OutOfProtectedMemoryException full) {
      return false;
    }
  }

  private void beginEvent() {
    replyBytesLeft = settings.replyLimitBytes();
  }

  private void continueSession() {
    long sessionId = memory.getLong(CONTINUED_ID);
    memory.putInt(CONTINUED, 0);
    input(sessionId, joined, 0, 0);
  }

  private void deliver(long record, long sessionId, DirectBuffer buffer, int offset, int length) {
    beginEvent();
    continueAsked = false;
    int consumed = service.onInput(sessionId, stampNs, buffer, offset, length);
    if (consumed < 0 || consumed > length) {
      throw new IllegalStateException(
          "service " + definition.name() + " consumed " + consumed + " of " + length + " bytes");
    }
    if (isClosing(record)) {
      sessions.dropRest(record);
      return;
    }
    int rest = length - consumed;
    if (rest == 0) {
      sessions.dropRest(record);
    } else if (rest > settings.remainderBytes() && !continueAsked
        || !keepRest(record, buffer, offset + consumed, rest)) {
      closeSession(sessionId);
      return;
    }
    if (continueAsked) {
      memory.putLong(CONTINUED_ID, sessionId);
      memory.putInt(CONTINUED, 1);
    }
  }

  private boolean keepRest(long record, DirectBuffer buffer, int offset, int rest) {
    try {
      memory.putBytes(sessions.placeRest(record, rest), buffer, offset, rest);
      return true;
    } catch (OutOfProtectedMemoryException full) {
      return false;
    }
  }

  private void finishClosing(long record) {
    beginEvent();
    long sessionId = sessions.id(record);
    service.onSessionClosed(sessionId, stampNs);
    sessions.remove(sessions.find(sessionId));
  }

  private boolean isClosing(long record) {
    return (sessions.flags(record) & SessionTable.CLOSING) != 0;
  }

  private OutputBuffer output(boolean local) {
    return local ? localOutput : remoteOutput;
  }

  /** Where a reply goes, or null for sessions that get none. */
  private OutputBuffer replyTo(long sessionId, int length) {
    long record = sessions.find(sessionId);
    int flags = record == 0 ? SessionTable.CLOSING : sessions.flags(record);
    if ((flags & SessionTable.CLOSING) != 0 || length == 0) {
      return null;
    }
    if (length > replyBytesLeft) {
      throw new ReplyLimitException(length, replyBytesLeft);
    }
    replyBytesLeft -= length;
    return output((flags & SessionTable.LOCAL) != 0);
  }

  @Override
  public void reply(long sessionId, DirectBuffer buffer, int offset, int length) {
    OutputBuffer output = replyTo(sessionId, length);
    if (output != null) {
      output.append(sessionId, buffer, offset, length);
    }
  }

  @Override
  public void replyFromMemory(long sessionId, long memoryOffset, int length) {
    memory.checkBounds(memoryOffset, length);
    OutputBuffer output = replyTo(sessionId, length);
    if (output != null) {
      output.append(sessionId, memory, memoryOffset, length);
    }
  }

  @Override
  public int replyBytesLeft() {
    return replyBytesLeft;
  }

  @Override
  public void continueInput() {
    continueAsked = true;
  }

  @Override
  public void closeSession(long sessionId) {
    long record = sessions.find(sessionId);
    if (record != 0 && !isClosing(record)) {
      output((sessions.flags(record) & SessionTable.LOCAL) != 0).appendClose(sessionId);
      sessions.addClosing(record);
    }
  }

  @Override
  public boolean isOpen(long sessionId) {
    long record = sessions.find(sessionId);
    return record != 0 && !isClosing(record);
  }

  @Override
  public int sessions() {
    return sessions.count();
  }

  @Override
  public long sessionWord(long sessionId) {
    long record = sessions.find(sessionId);
    return record == 0 ? 0 : sessions.word(record);
  }

  @Override
  public void setSessionWord(long sessionId, long value) {
    long record = sessions.find(sessionId);
    if (record != 0) {
      sessions.word(record, value);
    }
  }

  @Override
  public ProtectedMemory memory() {
    return memory;
  }

  @Override
  public Allocator allocator() {
    return serviceAllocator;
  }

  @Override
  public Timers timers() {
    return timers;
  }

  @Override
  public long stampNs() {
    return stampNs;
  }

  @Override
  public long root(int slot) {
    return memory.getLong(Superblock.rootOffset(slot));
  }

  @Override
  public void setRoot(int slot, long value) {
    memory.putLong(Superblock.rootOffset(slot), value);
  }
}
