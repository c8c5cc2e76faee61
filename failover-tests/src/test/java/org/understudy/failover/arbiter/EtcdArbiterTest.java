package org.understudy.failover.arbiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.understudy.failover.process.Await;
import org.understudy.node.arbiter.ArbiterCluster;
import org.understudy.node.arbiter.EtcdArbiter;
import org.understudy.pair.arbiter.Arbiter;
import org.understudy.pair.ownership.Ownership;
import org.understudy.pair.ownership.Register;

/** The register in a real etcd of three members. */
@Timeout(180)
class EtcdArbiterTest extends ArbiterContract {
  private static final AtomicInteger PAIRS = new AtomicInteger();
  private static final int MEMBERS = 3;
  private static final long PATIENCE_MS = 60_000;

  @TempDir private static Path directory;
  private static EtcdCluster etcd;

  private final String pair = "pair-" + PAIRS.incrementAndGet();

  @BeforeAll
  static void start() throws Exception {
    assumeTrue(EtcdCluster.isInstalled(), "etcd is missing: 'apt-get install etcd-server'");
    etcd = new EtcdCluster(directory, MEMBERS);
    etcd.awaitLeader();
  }

  @AfterAll
  static void end() {
    if (etcd != null) {
      etcd.close();
    }
  }

  @Override
  Arbiter open() {
    return arbiter(pair, etcd.endpoints());
  }

  static Arbiter arbiter(String pair, List<String> endpoints) {
    return new EtcdArbiter(
        new ArbiterCluster(endpoints, "/understudy", "", null, null, Duration.ofSeconds(1)), pair);
  }

  /** Members elect a leader at first, and when theirs is gone. */
  static Register awaitAnswer(Arbiter arbiter) throws InterruptedException {
    AtomicReference<Register> answer = new AtomicReference<>();
    Await.until(
        "an answer of " + arbiter.describe(),
        PATIENCE_MS,
        () -> {
          try {
            answer.set(arbiter.read().orElse(null));
            return true;
          } catch (IOException e) {
            return false;
          }
        });
    return answer.get();
  }

  /** Writes until one is known to be made; whoever does not know reads back. */
  private static Register write(Arbiter arbiter, Register next) throws InterruptedException {
    while (!next.equals(awaitAnswer(arbiter))) {
      try {
        assertThat(arbiter.compareAndSet(next)).isTrue();
      } catch (IOException e) {
        // undecided: the read above says what became of it
      }
    }
    return next;
  }

  private interface Fault {
    void on(int member) throws Exception;
  }

  private void shouldGoOn(Fault fault, Fault mend) throws Exception {
    try (Arbiter arbiter = open()) {
      Register register = write(arbiter, first(5));
      for (int member = 0; member < MEMBERS; member++) {
        fault.on(member);
        register = write(arbiter, register.next(new Ownership.Solo(B)));
        mend.on(member);
        register = write(arbiter, register.next(new Ownership.Protected(A, B)));
      }
      try (Arbiter other = open()) {
        assertThat(awaitAnswer(other)).isEqualTo(register);
      }
    }
  }

  @Test
  void shouldGoOnWhileOneMemberIsDead() throws Exception {
    shouldGoOn(etcd::kill, etcd::start);
  }

  @Test
  void shouldGoOnWhileOneMemberStandsStill() throws Exception {
    shouldGoOn(etcd::freeze, etcd::thaw);
  }

  @Test
  void shouldNotKnowWhatBecameOfAWriteWhenNobodyAnswers() throws Exception {
    try (Arbiter arbiter = open()) {
      Register register = write(arbiter, first(6));
      Register next = register.next(new Ownership.Solo(B));
      for (int member = 0; member < MEMBERS; member++) {
        etcd.freeze(member);
      }
      assertThatThrownBy(() -> arbiter.compareAndSet(next))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("no answer within 1000 ms");
      for (int member = 0; member < MEMBERS; member++) {
        etcd.thaw(member);
      }
      assertThat(write(arbiter, next)).isEqualTo(next);
    }
  }

  @Test
  void shouldNeverRepeatAWriteWhoseAnswerWasLost() throws Exception {
    try (DeafProxy proxy = new DeafProxy("http://" + etcd.endpoint(0));
        Arbiter arbiter = arbiter(pair, List.of(proxy.endpoint(), etcd.endpoint(1)))) {
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
    Path place = Files.createDirectory(directory.resolve("other-" + pair));
    try (EtcdCluster other = new EtcdCluster(place, 1);
        DeafProxy proxy = new DeafProxy("http://" + etcd.endpoint(0));
        Arbiter arbiter = arbiter(pair, List.of(proxy.endpoint(), other.endpoint(0)))) {
      try (Arbiter alone = arbiter(pair, other.endpoints())) {
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
    try (DeafProxy proxy = new DeafProxy("http://" + etcd.endpoint(0));
        Arbiter arbiter = arbiter(pair, List.of(proxy.endpoint()))) {
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

  /** A member that lost its disk may come back under its name, and must not outvote the others. */
  @Test
  void shouldKeepTheRegisterWhenAMemberComesBackEmpty() throws Exception {
    Path place = Files.createDirectory(directory.resolve("emptied-" + pair));
    try (EtcdCluster cluster = new EtcdCluster(place, MEMBERS);
        Arbiter arbiter = arbiter(pair, cluster.endpoints())) {
      awaitAnswer(arbiter);
      Register register = write(arbiter, first(11));
      cluster.kill(1);
      register = write(arbiter, register.next(new Ownership.Protected(A, B)));
      cluster.empty(1);
      cluster.start(1);
      assertThat(awaitAnswer(arbiter)).isEqualTo(register);
      register = write(arbiter, register.next(new Ownership.Solo(B)));
      assertThat(awaitAnswer(arbiter)).isEqualTo(register);
    }
  }

  @Test
  void shouldReadNothingButBeginNothingWhenAllMembersComeBackEmpty() throws Exception {
    Path place = Files.createDirectory(directory.resolve("all-" + pair));
    try (EtcdCluster cluster = new EtcdCluster(place, 1);
        Arbiter arbiter = arbiter(pair, cluster.endpoints())) {
      awaitAnswer(arbiter);
      Register register = write(arbiter, first(12));
      cluster.kill(0);
      cluster.empty(0);
      cluster.start(0);
      assertThat(awaitAnswer(arbiter)).isNull();
      assertThat(arbiter.compareAndSet(register.next(new Ownership.Solo(B)))).isFalse();
    }
  }
}
