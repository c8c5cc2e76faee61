package org.understudy.service.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.understudy.service.memory.PagedAllocator;
import org.understudy.service.memory.ProtectedMemory;

/** The session table and the timers against models, re-opened at random. */
class TablesTest {
  private static final int STEPS = 50_000;

  private final long seed = Long.getLong("understudy.test.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final ProtectedMemory memory = ProtectedMemory.unprotected(8 << 20);
  private final PagedAllocator allocator = Superblock.format(memory);
  private long stampNs = 1;

  @Test
  void shouldFindEverySessionWhenOperationsAreRandom() {
    System.out.println("TablesTest seed " + seed + " (-Dunderstudy.test.seed=)");
    SessionTable table = new SessionTable(memory, allocator);
    Map<Long, Long> words = new HashMap<>();
    List<Long> ids = new ArrayList<>();
    for (int step = 0; step < STEPS; step++) {
      if (random.nextInt(1000) == 0) {
        table = new SessionTable(memory, allocator);
      }
      // Ids of one block collide as they do in life; now and then any other number.
      long id = random.nextInt(20) == 0 ? random.nextLong() : (3L << 40) + random.nextInt(600);
      long record = table.find(id);
      assertThat(record != 0).as("seed %s, id %s", seed, id).isEqualTo(words.containsKey(id));
      if (record == 0) {
        record = table.add(id, false);
        table.word(record, step);
        memory.putByte(table.placeRest(record, 1 + random.nextInt(300)), (byte) step);
        words.put(id, (long) step);
        ids.add(id);
      } else if (random.nextBoolean()) {
        table.remove(record);
        words.remove(id);
      } else {
        assertThat(table.word(record)).isEqualTo(words.get(id));
        assertThat(memory.getByte(table.restOffset(record))).isEqualTo(words.get(id).byteValue());
      }
      assertThat(table.count()).isEqualTo(words.size());
    }
    for (long id : ids) {
      assertThat(table.find(id) != 0).isEqualTo(words.containsKey(id));
    }
  }

  private record Timer(long due, long id) implements Comparable<Timer> {
    @Override
    public int compareTo(Timer other) {
      return due == other.due ? Long.compare(id, other.id) : Long.compare(due, other.due);
    }
  }

  @Test
  void shouldFireInOrderWhenTimersAreMovedAndCancelled() {
    System.out.println("TablesTest seed " + seed + " (-Dunderstudy.test.seed=)");
    TimerTable timers = new TimerTable(memory, allocator, () -> stampNs);
    TreeSet<Timer> model = new TreeSet<>();
    Map<Long, Long> due = new HashMap<>();
    for (int step = 0; step < STEPS; step++) {
      if (random.nextInt(1000) == 0) {
        timers = new TimerTable(memory, allocator, () -> stampNs);
      }
      long id = random.nextInt(400);
      Long before = due.get(id);
      assertThat(timers.dueNs(id)).isEqualTo(before == null ? Long.MAX_VALUE : before);
      switch (random.nextInt(8)) {
        case 0, 1 -> {
          assertThat(timers.cancel(id)).isEqualTo(before != null);
          forget(model, due, id);
        }
        case 2 -> {
          stampNs += random.nextInt(40);
          while (timers.nextDueNs() <= stampNs) {
            Timer first = model.pollFirst();
            assertThat(timers.nextDueNs()).isEqualTo(first.due);
            assertThat(timers.takeNext()).as("seed %s", seed).isEqualTo(first.id);
            due.remove(first.id);
          }
        }
        default -> {
          long at = stampNs + random.nextInt(500) - 20;
          timers.schedule(id, at);
          forget(model, due, id);
          model.add(new Timer(Math.max(at, stampNs + 1), id));
          due.put(id, Math.max(at, stampNs + 1));
        }
      }
      assertThat(timers.size()).isEqualTo(model.size());
      assertThat(timers.nextDueNs())
          .isEqualTo(model.isEmpty() ? Long.MAX_VALUE : model.first().due);
    }
    assertThat(allocator.allocatedBytes()).as("leftovers are bounded").isLessThan(64 * 1024);
  }

  private static void forget(TreeSet<Timer> model, Map<Long, Long> due, long id) {
    Long at = due.remove(id);
    if (at != null) {
      model.remove(new Timer(at, id));
    }
  }
}
