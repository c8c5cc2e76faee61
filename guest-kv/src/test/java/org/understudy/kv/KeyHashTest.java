package org.understudy.kv;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.understudy.service.guest.ServiceRuntime;
import org.understudy.service.guest.ServiceSettings;
import org.understudy.service.memory.ProtectedMemory;

class KeyHashTest {
  private static final int SEED_ROOT = 5;
  private final KeyHash hash = new KeyHash();

  @Test
  void shouldGiveThePublishedValue() {
    hash.seed(0x0706_0504_0302_0100L, 0x0f0e_0d0c_0b0a_0908L);
    hash.begin();
    assertThat(hash.end(0, 0)).isEqualTo(0xabac_0158_050f_c4dcL);
  }

  @Test
  void shouldNotKeepCollisionsWhenTheSeedIsAnother() {
    int[] colliding = new int[64];
    int found = 0;
    for (int key = 0; found < colliding.length; key++) {
      if ((of(1, key) & 0xfff) == 0) {
        colliding[found++] = key;
      }
    }
    long buckets =
        java.util.Arrays.stream(colliding).map(key -> of(2, key) & 0xfff).distinct().count();
    assertThat(buckets).isGreaterThan(50);
  }

  private int of(long seed, int key) {
    hash.seed(seed, seed);
    hash.begin();
    return (int) hash.end(key, Integer.BYTES);
  }

  @Test
  void shouldDrawASeedAtEachStartAndFindKeysWithItAfterARestore() {
    ProtectedMemory memory = ProtectedMemory.unprotected(8 << 20);
    var definition = KeyValueService.definition(KeyValueSettings.DEFAULT);
    ServiceRuntime first = ServiceRuntime.start(memory, definition, ServiceSettings.DEFAULT);
    ServiceRuntime other =
        ServiceRuntime.start(
            ProtectedMemory.unprotected(8 << 20), definition, ServiceSettings.DEFAULT);
    assertThat(first.root(SEED_ROOT)).isNotEqualTo(other.root(SEED_ROOT));

    var harness = new org.understudy.service.guest.ServiceHarness(first, true);
    harness.open(1);
    harness.send(1, Kv.command("SET", "key", "value"));
    harness.restore();
    assertThat(Kv.text(harness.send(1, Kv.command("GET", "key")))).contains("value");
  }
}
