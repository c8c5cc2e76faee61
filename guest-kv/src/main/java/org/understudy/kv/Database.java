package org.understudy.kv;

import org.understudy.service.ServiceContext;
import org.understudy.service.memory.ProtectedMemory;

/**
 * The keys of the service, as of the stamp of the current event: finding them (expired ones are
 * deleted on the way), expiry and flushing in bounded slices by timers, and the bounds on memory.
 * Everything lies behind root slots; the fields are found again there.
 */
final class Database implements CommandStream.StreamBudget {
  /** Timers of the service. */
  static final long EXPIRY_TIMER = 1;

  static final long FLUSH_TIMER = 2;

  private static final int ROOT_KEYSPACE = 0;
  private static final int ROOT_FLUSHED = 1;
  private static final int ROOT_STREAM_BYTES = 2;
  private static final int ROOT_STARTED_NS = 3;
  private static final int ROOT_EXPIRED = 4;
  private static final int ROOT_SEED = 5;
  private static final int ROOT_SECOND_SEED = 6;

  private static final long NS_PER_MS = 1_000_000;

  /** A slice takes well under a millisecond. */
  private static final int EXPIRY_SLICE = 256;

  private static final int FLUSH_SLICE = 2048;

  /** Between two slices while much has expired, and while little has. */
  private static final long BUSY_SLICE_MS = 1;

  private static final long IDLE_SLICE_MS = 10;

  final ProtectedMemory memory;
  final Space space;
  final Entries entries;
  private final ServiceContext context;
  private Keyspace keyspace;
  private long nowMs;

  Database(ServiceContext context) {
    this.context = context;
    memory = context.memory();
    space = new Space(context.allocator());
    entries = new Entries(memory, space);
    space.reclaimer(this::freeFlushed);
  }

  /** On empty memory; the seed decides where keys lie, and stays for the life of the guest. */
  void start(long seed, long secondSeed) {
    context.setRoot(ROOT_SEED, seed);
    context.setRoot(ROOT_SECOND_SEED, secondSeed);
    keyspace = Keyspace.create(memory, space, entries);
    context.setRoot(ROOT_KEYSPACE, keyspace.offset);
    context.setRoot(ROOT_STARTED_NS, context.stampNs());
  }

  void restore() {
    keyspace = new Keyspace(memory, space, entries, context.root(ROOT_KEYSPACE));
  }

  /** Has arguments hashed as this memory asks for. */
  void prepare(CommandArguments arguments) {
    arguments.hashSeed(context.root(ROOT_SEED), context.root(ROOT_SECOND_SEED));
  }

  /** The time at which the current event happens. */
  void now(long stampNs) {
    nowMs = stampNs / NS_PER_MS;
  }

  long nowMs() {
    return nowMs;
  }

  long uptimeSeconds() {
    return (context.stampNs() - context.root(ROOT_STARTED_NS)) / (1000 * NS_PER_MS);
  }

  HashIndex index() {
    return keyspace.index;
  }

  long keys() {
    return keyspace.index.keys();
  }

  long keysThatExpire() {
    return keyspace.expiry.size();
  }

  long expiredKeys() {
    return context.root(ROOT_EXPIRED);
  }

  /** The entry of a key that has not expired, or 0. */
  long find(CommandArguments arguments, int key) {
    return find(arguments, key, arguments.hash(key));
  }

  long find(CommandArguments arguments, int key, int hash) {
    long entry = keyspace.index.find(hash, arguments, key);
    if (entry != 0 && isExpired(entry)) {
      expire(entry);
      return 0;
    }
    return entry;
  }

  boolean isExpired(long entry) {
    long atMs = entries.expiryMs(entry);
    return atMs != 0 && nowMs > atMs;
  }

  void insert(long entry) {
    keyspace.index.insert(entry);
  }

  void delete(long entry) {
    keyspace.delete(entry);
  }

  void replaceForgettingExpiry(long old, long entry) {
    keyspace.replaceForgettingExpiry(old, entry);
  }

  void replaceKeepingExpiry(long old, long entry) {
    keyspace.replaceKeepingExpiry(old, entry);
  }

  /** Makes room for one more key that expires, before anything else is changed. */
  void reserveExpiry() {
    keyspace.expiry.reserve();
  }

  void setExpiry(long entry, long atMs) {
    keyspace.expiry.set(entry, atMs);
    if (!keyspace.expiry.sweeping()) {
      scheduleSweep(atMs);
    }
  }

  void removeExpiry(long entry) {
    keyspace.expiry.remove(entry);
  }

  void onTimer(long timerId) {
    if (timerId == EXPIRY_TIMER) {
      sweep();
    } else if (timerId == FLUSH_TIMER && freeFlushed()) {
      scheduleFlush();
    }
  }

  /** Leaves all keys behind; they are freed in slices. */
  void flush() {
    Keyspace flushed = keyspace;
    keyspace = Keyspace.create(memory, space, entries);
    context.setRoot(ROOT_KEYSPACE, keyspace.offset);
    flushed.next(context.root(ROOT_FLUSHED));
    context.setRoot(ROOT_FLUSHED, flushed.offset);
    context.timers().cancel(EXPIRY_TIMER);
    scheduleFlush();
  }

  @Override
  public boolean take(long bytes) {
    long held = context.root(ROOT_STREAM_BYTES);
    if (held + bytes > memory.capacity() / 2) {
      return false;
    }
    context.setRoot(ROOT_STREAM_BYTES, held + bytes);
    return true;
  }

  @Override
  public void giveBack(long bytes) {
    context.setRoot(ROOT_STREAM_BYTES, context.root(ROOT_STREAM_BYTES) - bytes);
  }

  private void expire(long entry) {
    context.setRoot(ROOT_EXPIRED, context.root(ROOT_EXPIRED) + 1);
    keyspace.delete(entry);
  }

  private void sweep() {
    int result = keyspace.expiry.sweep(nowMs, EXPIRY_SLICE, this::expire);
    if (result < EXPIRY_SLICE) {
      long pauseMs = result >= EXPIRY_SLICE / 4 ? BUSY_SLICE_MS : IDLE_SLICE_MS;
      scheduleAt(EXPIRY_TIMER, nowMs + pauseMs);
    } else if (keyspace.expiry.size() > 0) {
      scheduleSweep(Math.max(keyspace.expiry.earliestMs(), nowMs + IDLE_SLICE_MS));
    }
  }

  /** A key is expired once its millisecond is over. */
  private void scheduleSweep(long atMs) {
    if (atMs < Long.MAX_VALUE / NS_PER_MS - 1) {
      long dueNs = (atMs + 1) * NS_PER_MS;
      if (dueNs < context.timers().dueNs(EXPIRY_TIMER)) {
        context.timers().schedule(EXPIRY_TIMER, dueNs);
      }
    }
  }

  private void scheduleFlush() {
    scheduleAt(FLUSH_TIMER, nowMs + BUSY_SLICE_MS);
  }

  private void scheduleAt(long timer, long atMs) {
    context.timers().schedule(timer, atMs * NS_PER_MS);
  }

  private boolean freeFlushed() {
    long offset = context.root(ROOT_FLUSHED);
    if (offset == 0) {
      return false;
    }
    Keyspace flushed = new Keyspace(memory, space, entries, offset);
    long next = flushed.next();
    if (flushed.freeSlice(FLUSH_SLICE)) {
      context.setRoot(ROOT_FLUSHED, next);
    }
    return true;
  }
}
