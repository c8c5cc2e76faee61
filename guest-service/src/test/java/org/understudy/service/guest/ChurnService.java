package org.understudy.service.guest;

import java.util.SplittableRandom;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.understudy.service.Service;
import org.understudy.service.ServiceContext;
import org.understudy.service.ServiceDefinition;
import org.understudy.service.memory.Allocator;
import org.understudy.service.memory.OutOfProtectedMemoryException;
import org.understudy.service.memory.ProtectedBuffer;
import org.understudy.service.memory.ProtectedMemory;

/**
 * Takes seeds of eight bytes; each drives some random allocations, frees and writes, and is
 * answered with a running hash, so that any byte lost on the way shows up in later replies.
 */
final class ChurnService implements Service {
  static final ServiceDefinition DEFINITION =
      new ServiceDefinition("churn", 1, true, ChurnService::new);

  private static final int SLOTS = 512;
  private static final int HASH_ROOT = 1;
  private static final int TABLE_ROOT = 0;

  private final ProtectedBuffer view = new ProtectedBuffer();
  private final UnsafeBuffer reply = new UnsafeBuffer(new byte[8]);
  private ServiceContext context;
  private ProtectedMemory memory;

  @Override
  public void start(ServiceContext started) {
    restore(started);
    long table = context.allocator().allocate(SLOTS * 8L);
    memory.setMemory(table, SLOTS * 8L, (byte) 0);
    context.setRoot(TABLE_ROOT, table);
  }

  @Override
  public void restore(ServiceContext restored) {
    context = restored;
    memory = context.memory();
  }

  @Override
  public int onInput(long sessionId, long stampNs, DirectBuffer buffer, int offset, int length) {
    int consumed = 0;
    while (length - consumed >= Long.BYTES) {
      SplittableRandom random = new SplittableRandom(buffer.getLong(offset + consumed));
      for (int i = random.nextInt(8); i >= 0; i--) {
        churn(random, stampNs);
      }
      reply.putLong(0, context.root(HASH_ROOT));
      context.reply(sessionId, reply, 0, Long.BYTES);
      consumed += Long.BYTES;
    }
    return consumed;
  }

  @Override
  public void onTimer(long timerId, long stampNs) {
    mix(timerId);
    mix(stampNs);
  }

  private void churn(SplittableRandom random, long stampNs) {
    long slot = context.root(TABLE_ROOT) + random.nextInt(SLOTS) * 8L;
    long place = memory.getLong(slot);
    switch (random.nextInt(6)) {
      case 0, 1 -> replace(slot, place, random);
      case 2 -> free(slot, place);
      case 3 -> context.timers().schedule(random.nextInt(50), stampNs + random.nextInt(1000));
      default -> touch(place, random);
    }
  }

  private void replace(long slot, long place, SplittableRandom random) {
    Allocator allocator = context.allocator();
    long bytes = 8L + random.nextInt(random.nextInt(10) == 0 ? 60_000 : 900);
    try {
      long next = allocator.allocate(bytes);
      memory.setMemory(next, bytes, (byte) random.nextInt());
      memory.putLong(next, random.nextLong());
      memory.putLong(slot, next);
    } catch (OutOfProtectedMemoryException full) {
      mix(1);
      return;
    }
    if (place != 0) {
      mix(memory.getLong(place));
      allocator.free(place);
    }
  }

  private void free(long slot, long place) {
    if (place != 0) {
      mix(memory.getLong(place));
      context.allocator().free(place);
      memory.putLong(slot, 0);
    }
  }

  private void touch(long place, SplittableRandom random) {
    if (place != 0) {
      view.wrap(memory, place, (int) context.allocator().usableBytes(place));
      int index = random.nextInt(view.capacity() - 7);
      mix(view.getLong(index));
      view.putLong(index, random.nextLong());
    }
  }

  private void mix(long value) {
    context.setRoot(HASH_ROOT, (context.root(HASH_ROOT) ^ value) * 0x9E37_79B9_7F4A_7C15L + 1);
  }
}
