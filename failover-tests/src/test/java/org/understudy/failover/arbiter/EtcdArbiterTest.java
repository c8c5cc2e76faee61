package org.understudy.failover.arbiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.understudy.failover.arbiter.ArbiterMembers.awaitAnswer;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.understudy.pair.arbiter.Arbiter;
import org.understudy.pair.ownership.Ownership;
import org.understudy.pair.ownership.Register;

/** The register in a real etcd of three members. */
class EtcdArbiterTest extends ClusterContract {
  @Override
  ArbiterMembers start(Path place, MemberHosts hosts, int count) throws IOException {
    assumeTrue(EtcdCluster.isInstalled(), "etcd is missing: 'apt-get install etcd-server'");
    return new EtcdCluster(place, hosts, count);
  }

  @Test
  void shouldNeverRepeatAWriteWhoseAnswerWasLost() throws Exception {
    try (DeafProxy proxy = new DeafProxy("http://" + cluster().endpoint(0));
        Arbiter arbiter = open(cluster(), List.of(proxy.endpoint(), cluster().endpoint(1)))) {
      Register register = write(arbiter, first(7));
      Register next = register.next(new Ownership.Solo(B));
      proxy.loseAnswersTo("/v3/kv/txn");
      assertThatThrownBy(() -> arbiter.compareAndSet(next))
          .as("neither won nor lost")
          .isInstanceOf(IOException.class)
          .hasMessageContaining(proxy.endpoint());
      assertThat(awaitAnswer(arbiter)).as("it was made").isEqualTo(next);
      assertThat(arbiter.compareAndSet(next)).as("and is not made again").isFalse();
    }
  }

  @Test
  void shouldNotMixClusters() throws Exception {
    try (ArbiterMembers other = startAlone("other");
        DeafProxy proxy = new DeafProxy("http://" + cluster().endpoint(0));
        Arbiter arbiter = open(cluster(), List.of(proxy.endpoint(), other.endpoint(0)))) {
      try (Arbiter alone = open(cluster(), other.endpoints())) {
        awaitAnswer(alone);
      }
      assertThat(arbiter.compareAndSet(first(8))).isTrue();
      proxy.die();
      assertThatThrownBy(arbiter::read)
          .isInstanceOf(IOException.class)
          .hasMessageContaining(other.endpoint(0))
          .hasMessageContaining("name members of one cluster only");
    }
  }

  @Test
  void shouldSayWhatListensWhereNoEtcdDoes() throws Exception {
    try (DeafProxy proxy = new DeafProxy("http://" + cluster().endpoint(0));
        Arbiter arbiter = open(cluster(), List.of(proxy.endpoint()))) {
      for (String answer : List.of("<html>not here</html>", "{}", "[]", "null", "")) {
        proxy.answerWith(() -> answer);
        assertThatThrownBy(arbiter::read)
            .as("no register that is empty, but nobody's answer: %s", answer)
            .isInstanceOf(IOException.class)
            .hasMessageContaining(proxy.endpoint())
            .hasMessageContaining("is this etcd?");
      }
      proxy.answerWith(() -> "x".repeat(64 << 20));
      assertThatThrownBy(arbiter::read)
          .isInstanceOf(IOException.class)
          .hasMessageContaining(proxy.endpoint());
      proxy.die();
      assertThatThrownBy(arbiter::read)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("nothing listens there");
    }
  }
}
