package org.understudy.failover.arbiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.understudy.node.arbiter.RegisterChange;
import org.understudy.node.arbiter.RegisterStore;
import org.understudy.pair.arbiter.Arbiter;
import org.understudy.pair.ownership.NodeId;
import org.understudy.pair.ownership.Ownership;
import org.understudy.pair.ownership.Register;

/** What a node may rely on, whatever keeps its register. */
abstract class ArbiterContract {
  static final NodeId A = new NodeId("a", 0x1234);
  static final NodeId B = new NodeId("b", -5);

  private static final int KEPT_CHANGES = 16;
  private static final int MORE_THAN_KEPT = 20;
  private static final int CLAIMERS = 3;
  private static final int LAST_GENERATION = 40;

  /** A client of its own of the same register, which was never written when a test begins. */
  abstract RegisterStore open() throws IOException;

  static Register first(long id) {
    return new Register(id, 1, new Ownership.Solo(A));
  }

  @Test
  void shouldReadNothingWhenNothingWasWritten() throws IOException {
    try (Arbiter arbiter = open()) {
      assertThat(arbiter.read()).isEmpty();
    }
  }

  @Test
  void shouldReadBackEveryModeWhenWritten() throws IOException {
    try (Arbiter arbiter = open();
        Arbiter other = open()) {
      Register register = first(-77);
      for (Ownership next :
          List.of(new Ownership.Protected(A, B), new Ownership.Solo(B), new Ownership.Ended())) {
        assertThat(arbiter.compareAndSet(register)).isTrue();
        assertThat(other.read()).contains(register);
        register = register.next(next);
      }
      assertThat(other.compareAndSet(register)).isTrue();
      assertThat(arbiter.read()).contains(register);
    }
  }

  @Test
  void shouldTellWhatWasWrittenTheNewestFirst() throws IOException {
    try (RegisterStore arbiter = open();
        RegisterStore other = open()) {
      assertThat(other.history()).isEmpty();
      List<Register> written = new ArrayList<>(List.of(first(2)));
      assertThat(arbiter.compareAndSet(written.getFirst())).isTrue();
      for (int i = 0; i < MORE_THAN_KEPT; i++) {
        written.addFirst(written.getFirst().next(new Ownership.Solo(B)));
        assertThat(arbiter.compareAndSet(written.getFirst())).isTrue();
        assertThat(other.history().stream().map(RegisterChange::register))
            .isEqualTo(written.subList(0, Math.min(KEPT_CHANGES, written.size())));
      }
      assertThat(other.history()).extracting(RegisterChange::at).doesNotContainNull();
    }
  }

  @Test
  void shouldRefuseAWriteThatIsNotOfTheNextGeneration() throws IOException {
    try (Arbiter arbiter = open()) {
      Register register = first(1);
      assertThat(arbiter.compareAndSet(register.next(new Ownership.Ended())))
          .as("a register that is gone is not begun in its middle")
          .isFalse();
      assertThat(arbiter.compareAndSet(register)).isTrue();
      assertThat(arbiter.compareAndSet(register)).isFalse();
      assertThat(arbiter.compareAndSet(new Register(1, 3, new Ownership.Solo(B)))).isFalse();
      assertThat(arbiter.read()).contains(register);
    }
  }

  @Test
  void shouldRefuseTheRegisterOfAnotherPair() throws IOException {
    try (Arbiter arbiter = open()) {
      assertThat(arbiter.compareAndSet(first(1))).isTrue();
      assertThatThrownBy(() -> arbiter.compareAndSet(new Register(2, 2, new Ownership.Solo(B))))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("register id 2")
          .hasMessageContaining(arbiter.describe());
      assertThat(arbiter.read()).contains(first(1));
    }
  }

  @Test
  void shouldChangeNothingWhenRehearsed() throws IOException {
    try (Arbiter arbiter = open()) {
      arbiter.rehearse();
      assertThat(arbiter.read()).isEmpty();
      assertThat(arbiter.compareAndSet(first(1))).isTrue();
      arbiter.rehearse();
      assertThat(arbiter.read()).contains(first(1));
    }
  }

  @Test
  void shouldGrantEachGenerationToOneClaimerOnly() throws Exception {
    List<Callable<List<Long>>> claimers = new ArrayList<>();
    for (int i = 0; i < CLAIMERS; i++) {
      NodeId self = new NodeId("n" + i, i + 1);
      claimers.add(() -> claimAll(self));
    }
    List<Long> won = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(CLAIMERS)) {
      for (Future<List<Long>> one : threads.invokeAll(claimers)) {
        won.addAll(one.get());
      }
    }
    Set<Long> different = new HashSet<>(won);
    assertThat(won).as("no generation twice").hasSize(different.size());
    assertThat(different).as("and none by nobody").hasSize(LAST_GENERATION);
  }

  private List<Long> claimAll(NodeId self) throws IOException {
    List<Long> won = new ArrayList<>();
    try (Arbiter arbiter = open()) {
      while (true) {
        Register current = arbiter.read().orElse(new Register(9, 0, new Ownership.Ended()));
        if (current.generation() == LAST_GENERATION) {
          return won;
        }
        Register next = current.next(new Ownership.Solo(self));
        if (arbiter.compareAndSet(next)) {
          won.add(next.generation());
        }
      }
    }
  }
}
