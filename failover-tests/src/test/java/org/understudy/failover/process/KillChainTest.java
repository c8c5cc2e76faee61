package org.understudy.failover.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Some kills; {@code build/chaos} makes any number. */
@Timeout(600)
class KillChainTest {
  /** Replay with {@code -Dkill.seed=...}. */
  private static final long SEED = Long.getLong("kill.seed", System.nanoTime() & 0xFFFFFF);

  @TempDir Path directory;

  @Test
  void shouldLoseNothingWhenEitherNodeDiesAtRandomInstants() throws InterruptedException {
    KillOptions options = options("understudy", 4, 1);
    ChainResult chain = run(options);

    assertThat(chain.failures()).as("seed %d: %s", SEED, describe(chain)).isEmpty();
    assertThat(chain.kills()).hasSize(5);
    assertThat(chain.acknowledged()).isGreaterThan(options.keys());
  }

  @Test
  void shouldLoseNothingWhenThePrimaryOfAnLlmPairDies() throws InterruptedException {
    ChainResult chain = run(options("llm", 1, 0));

    assertThat(chain.failures()).as("seed %d: %s", SEED, describe(chain)).isEmpty();
    assertThat(chain.kills()).hasSize(1);
  }

  @Test
  void shouldDrawTheSamePlanFromTheSameSeed() {
    KillOptions options = options("understudy", 20, 10);

    assertThat(options.plan()).isEqualTo(options("understudy", 20, 10).plan());
    assertThat(options.plan().stream().flatMap(List::stream))
        .hasSize(30)
        .filteredOn(kill -> kill.target() == Kill.Target.PRIMARY)
        .hasSize(20);
  }

  private ChainResult run(KillOptions options) throws InterruptedException {
    System.out.println("kill.seed=" + SEED);
    return KillChain.run(options, options.plan().getFirst(), directory, line -> {});
  }

  private static KillOptions options(String preset, int primaryKills, int backupKills) {
    return new KillOptions(
        KillCounts.of(primaryKills, backupKills),
        10,
        SEED,
        preset,
        48 << 20,
        20,
        3_000,
        3_000,
        List.of());
  }

  private static List<String> describe(ChainResult chain) {
    return chain.kills().stream().map(KillOutcome::describe).toList();
  }
}
