package org.understudy.failover.arbiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.understudy.failover.arbiter.ArbiterMembers.awaitAnswer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.understudy.failover.process.OwnNetwork;
import org.understudy.node.arbiter.ArbiterCluster;
import org.understudy.node.arbiter.RegisterStore;
import org.understudy.pair.arbiter.Arbiter;
import org.understudy.pair.ownership.Ownership;
import org.understudy.pair.ownership.Register;

/** What a node may rely on besides where three real members keep its register. */
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(ArbiterMembers.LOCK)
abstract class ClusterContract extends ArbiterContract {
  static final int MEMBERS = 3;

  private final AtomicInteger pairs = new AtomicInteger();
  private Path directory;
  private SplitNetwork network;
  private ArbiterMembers cluster;
  private String pair;

  /** Starts so many members that keep what they have in this directory. */
  abstract ArbiterMembers start(Path place, MemberHosts hosts, int count) throws IOException;

  @BeforeAll
  void start(@TempDir Path temporary) throws Exception {
    directory = temporary;
    if (OwnNetwork.missing().isEmpty()) {
      network = SplitNetwork.create(MEMBERS);
    }
    cluster = start(place("all"), network == null ? MemberHosts.LOOPBACK : network, MEMBERS);
    cluster.awaitLeader();
  }

  @AfterAll
  void end() throws Exception {
    if (cluster != null) {
      cluster.close();
    }
    if (network != null) {
      network.close();
    }
  }

  /** The members that tests share; each puts right what it did to them. */
  final ArbiterMembers cluster() {
    return cluster;
  }

  /** A place for members of a test's own. */
  private Path place(String name) throws IOException {
    return Files.createDirectory(directory.resolve(name));
  }

  /** A cluster of one member, of a test's own. */
  final ArbiterMembers startAlone(String name) throws IOException {
    return start(place(name), MemberHosts.LOOPBACK, 1);
  }

  @BeforeEach
  void another() {
    pair = "pair-" + pairs.incrementAndGet();
  }

  @Override
  RegisterStore open() {
    return open(cluster, cluster.endpoints());
  }

  /** A client that knows of these members only. */
  final RegisterStore open(ArbiterMembers members, List<String> endpoints) {
    return members.open(
        new ArbiterCluster(endpoints, "/understudy", "", null, null, Duration.ofSeconds(1)), pair);
  }

  /** Writes until one is known to be made; whoever does not know reads back. */
  static Register write(Arbiter arbiter, Register next) throws InterruptedException {
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
    shouldGoOn(cluster::kill, cluster::start);
  }

  @Test
  void shouldGoOnWhileOneMemberStandsStill() throws Exception {
    shouldGoOn(cluster::freeze, cluster::thaw);
  }

  /** It answers clients still, but knows no more what the others agree to. */
  @Test
  void shouldGoOnAndBelieveNoMemberThatIsCutOffFromTheOthers() throws Exception {
    assumeTrue(network != null, () -> OwnNetwork.missing().orElseThrow());
    try (Arbiter arbiter = open()) {
      Register register = write(arbiter, first(15));
      for (int member = 0; member < MEMBERS; member++) {
        register = shouldNotBelieve(member, register);
        register = write(arbiter, register.next(new Ownership.Protected(A, B)));
      }
    }
  }

  /** Its client is there already, and asks before the member can know that it is cut off. */
  private Register shouldNotBelieve(int lost, Register register) throws Exception {
    List<String> majority = new ArrayList<>(cluster.endpoints());
    majority.remove(lost);
    try (Arbiter ofTheOthers = open(cluster, majority);
        Arbiter ofTheLost = open(cluster, List.of(cluster.endpoint(lost)))) {
      assertThat(awaitAnswer(ofTheOthers)).isEqualTo(register);
      assertThat(awaitAnswer(ofTheLost)).isEqualTo(register);
      network.cutOff(lost);
      Register newer = write(ofTheOthers, register.next(new Ownership.Solo(B)));
      Register next = newer.next(new Ownership.Ended());
      assertThatThrownBy(ofTheLost::read).isInstanceOf(IOException.class);
      assertThatThrownBy(() -> ofTheLost.compareAndSet(next)).isInstanceOf(IOException.class);
      assertThat(awaitAnswer(ofTheOthers)).isEqualTo(newer);
      network.join(lost);
      assertThat(awaitAnswer(ofTheLost)).isEqualTo(newer);
      return newer;
    }
  }

  @Test
  void shouldNotKnowWhatBecameOfAWriteWhenNobodyAnswers() throws Exception {
    try (Arbiter arbiter = open()) {
      Register register = write(arbiter, first(6));
      Register next = register.next(new Ownership.Solo(B));
      for (int member = 0; member < MEMBERS; member++) {
        cluster.freeze(member);
      }
      assertThatThrownBy(() -> arbiter.compareAndSet(next))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("within 1000 ms");
      for (int member = 0; member < MEMBERS; member++) {
        cluster.thaw(member);
      }
      assertThat(write(arbiter, next)).isEqualTo(next);
    }
  }

  /** A member that lost its disk may come back under its name, and must not outvote the others. */
  @Test
  void shouldKeepTheRegisterWhenAMemberComesBackEmpty() throws Exception {
    try (ArbiterMembers own = start(place("emptied"), MemberHosts.LOOPBACK, MEMBERS);
        Arbiter arbiter = open(own, own.endpoints())) {
      awaitAnswer(arbiter);
      Register register = write(arbiter, first(11));
      own.kill(1);
      register = write(arbiter, register.next(new Ownership.Protected(A, B)));
      own.empty(1);
      own.start(1);
      assertThat(awaitAnswer(arbiter)).isEqualTo(register);
      register = write(arbiter, register.next(new Ownership.Solo(B)));
      assertThat(awaitAnswer(arbiter)).isEqualTo(register);
    }
  }

  @Test
  void shouldReadNothingButBeginNothingWhenAllMembersComeBackEmpty() throws Exception {
    try (ArbiterMembers own = startAlone("all-emptied");
        Arbiter arbiter = open(own, own.endpoints())) {
      awaitAnswer(arbiter);
      Register register = write(arbiter, first(12));
      own.kill(0);
      own.empty(0);
      own.start(0);
      assertThat(awaitAnswer(arbiter)).isNull();
      assertThat(arbiter.compareAndSet(register.next(new Ownership.Solo(B)))).isFalse();
    }
  }
}
