package org.understudy.kv;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.understudy.service.guest.ServiceSettings;

/** The same events on fresh memory give the same memory and the same replies. */
class DeterminismTest {
  private static final String SEED = "understudy.kv.seed";
  private static final long MEMORY = 16 << 20;

  private record Event(long advanceMs, byte[] bytes) {}

  @Test
  void shouldHaveEqualMemoryWhenLogWithExpiringKeysIsReplayed() {
    long seed = Long.getLong(SEED, System.nanoTime());
    System.out.println("DeterminismTest: replay with -D" + SEED + "=" + seed);
    List<Event> log = log(new Random(seed));
    Kv first = new Kv(MEMORY);
    Kv second = new Kv(MEMORY);
    Kv restored = new Kv(MEMORY, ServiceSettings.DEFAULT, true);
    for (Event event : log) {
      String reply = play(first, event);
      assertThat(play(second, event)).as("seed %d", seed).isEqualTo(reply);
      assertThat(play(restored, event)).as("seed %d, restored", seed).isEqualTo(reply);
    }
    assertThat(first.run("INFO", "stats")).doesNotContain("expired_keys:0\r");
    second.run("INFO", "stats");
    first.harness.restore();
    second.harness.restore();
    assertThat(first.memory.equal(0, bytes(second), 0, (int) MEMORY)).as("seed %d", seed).isTrue();
  }

  private static org.agrona.DirectBuffer bytes(Kv kv) {
    byte[] copy = new byte[(int) MEMORY];
    kv.memory.getBytes(0, copy, 0, copy.length);
    return new org.agrona.concurrent.UnsafeBuffer(copy);
  }

  private static String play(Kv kv, Event event) {
    kv.advanceMs(event.advanceMs);
    return Kv.text(kv.harness.send(Kv.CLIENT, event.bytes));
  }

  private static List<Event> log(Random random) {
    List<Event> log = new ArrayList<>();
    for (int i = 0; i < 8000; i++) {
      String key = "key" + random.nextInt(2000);
      byte[] bytes =
          switch (random.nextInt(8)) {
            case 0 ->
                Kv.command(
                    "SET",
                    key,
                    "v".repeat(random.nextInt(300)),
                    "PX",
                    "" + (1 + random.nextInt(500)));
            case 1 -> Kv.command("SET", key, "v".repeat(random.nextInt(30_000)));
            case 2 -> Kv.command("PEXPIRE", key, "" + random.nextInt(900));
            case 3 -> Kv.command("INCR", "n" + random.nextInt(100));
            case 4 -> Kv.command("APPEND", key, "more");
            case 5 -> Kv.command("DEL", key);
            case 6 -> Kv.command("SCAN", "" + random.nextInt(4096), "COUNT", "50");
            default -> random.nextInt(300) == 0 ? Kv.command("FLUSHALL") : Kv.command("GET", key);
          };
      int cut = random.nextInt(bytes.length);
      log.add(new Event(random.nextInt(3), java.util.Arrays.copyOf(bytes, cut)));
      log.add(new Event(0, java.util.Arrays.copyOfRange(bytes, cut, bytes.length)));
    }
    return log;
  }
}
