package org.understudy.host.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class ProcessorsTest {
  @Test
  void shouldBindAThreadToOneProcessorAndWhatItStartsToo() throws Exception {
    BitSet before = Processors.of(0);
    assertThat(before.cardinality()).isEqualTo(Runtime.getRuntime().availableProcessors());
    int last = before.length() - 1;
    BitSet[] seen = new BitSet[2];
    Thread bound =
        Thread.ofPlatform()
            .start(() -> {
              assertThat(Processors.set(0, Processors.listed(List.of(last)))).isTrue();
              seen[0] = Processors.of(0);
              try {
                Process child = new ProcessBuilder("sleep", "50").start();
                seen[1] = Processors.of(child.pid());
                child.destroyForcibly().waitFor();
              } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    bound.join();
    assertThat(seen[0]).isEqualTo(Processors.listed(List.of(last)));
    assertThat(seen[1]).as("a process that it started").isEqualTo(seen[0]);
    assertThat(Processors.of(0)).as("another thread").isEqualTo(before);
  }

  @Test
  void shouldLeaveProcessorsToOthersAndJoinThemAgain() throws Exception {
    BitSet before = Processors.of(0);
    BitSet last = Processors.listed(List.of(before.length() - 1));
    BitSet others = (BitSet) before.clone();
    others.andNot(last);
    CountDownLatch isBound = new CountDownLatch(1);
    CountDownLatch isLeft = new CountDownLatch(1);
    CompletableFuture<BitSet> bound = new CompletableFuture<>();
    Thread.ofPlatform()
        .start(() -> {
          Processors.set(0, last);
          isBound.countDown();
          await(isLeft);
          bound.complete(Processors.of(0));
        });
    await(isBound);
    try {
      Processors.leave(last);
      isLeft.countDown();
      assertThat(Processors.of(0)).isEqualTo(others.isEmpty() ? before : others);
      assertThat(bound.get()).as("a thread that is bound to them").isEqualTo(last);
    } finally {
      Processors.join(before);
    }
    assertThat(Processors.of(0)).isEqualTo(before);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void shouldTellWhereAThreadCannotBeBound() {
    assertThat(Processors.set(0, new BitSet())).as("no processor at all").isFalse();
    assertThat(Processors.set(Integer.MAX_VALUE, Processors.of(0))).as("no such thread").isFalse();
  }
}
