package org.understudy.failover.arbiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.understudy.failover.arbiter.ArbiterMembers.awaitAnswer;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.understudy.pair.arbiter.Arbiter;
import org.understudy.pair.ownership.Ownership;
import org.understudy.pair.ownership.Register;

/** The register in a real ZooKeeper of three members. */
class ZooKeeperArbiterTest extends ClusterContract {
  @Override
  ArbiterMembers start(Path place, MemberHosts hosts, int count) throws IOException {
    return new ZooKeeperEnsemble(place, hosts, count);
  }

  @Test
  void shouldNeverRepeatAWriteWhoseAnswerWasLost() throws Exception {
    try (LossyProxy proxy = new LossyProxy(cluster().endpoint(0));
        Arbiter arbiter = open(cluster(), List.of(proxy.endpoint()))) {
      awaitAnswer(arbiter);
      assertThat(arbiter.compareAndSet(first(7))).isTrue();
      Register next = first(7).next(new Ownership.Solo(B));
      proxy.loseTheAnswerTo(LossyProxy.SET_DATA);
      assertThatThrownBy(() -> arbiter.compareAndSet(next))
          .as("neither won nor lost")
          .isInstanceOf(IOException.class)
          .hasMessageContaining(proxy.endpoint())
          .hasMessageContaining("the connection was lost before an answer came");
      assertThat(awaitAnswer(arbiter)).as("it was made").isEqualTo(next);
      assertThat(arbiter.compareAndSet(next)).as("and is not made again").isFalse();
    }
  }

  @Test
  void shouldOpenAnotherSessionWhenItsOwnHasRunOut() throws Exception {
    try (ArbiterMembers own = startAlone("expired");
        Arbiter arbiter = open(own, own.endpoints())) {
      awaitAnswer(arbiter);
      assertThat(arbiter.compareAndSet(first(22))).isTrue();
      own.kill(0);
      own.empty(0);
      own.start(0);
      assertThat(awaitAnswer(arbiter)).as("members without what they had know no session").isNull();
      assertThat(arbiter.compareAndSet(first(22))).isTrue();
    }
  }

  @Test
  void shouldSayThatNobodyIsThere() throws Exception {
    try (ArbiterMembers own = startAlone("gone");
        Arbiter arbiter = open(own, own.endpoints())) {
      own.kill(0);
      assertThatThrownBy(arbiter::read)
          .isInstanceOf(IOException.class)
          .hasMessageContaining(own.endpoint(0))
          .hasMessageContaining("no member was reached within 1000 ms");
    }
  }
}
