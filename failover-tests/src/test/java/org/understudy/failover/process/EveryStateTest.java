package org.understudy.failover.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.lab.pair.NodeProcess;
import org.understudy.lab.pair.PairLayout;
import org.understudy.lab.pair.PairLayout.Place;
import org.understudy.node.config.NodeConfig;
import org.understudy.node.control.ControlClient;
import org.understudy.node.control.GuestOrder.Wish;
import org.understudy.node.program.UserError;
import org.understudy.node.status.NodeState;
import org.understudy.node.status.NodeStatus;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisConnectionException;

/**
 * Two nodes under supervisors that start what ended, by the same command each time. Whichever state
 * a node is killed in, if another has the guest too the pair is protected again without a hand.
 */
@Timeout(300)
class EveryStateTest {
  @TempDir private Path directory;
  private PairLayout layout;
  private NodeProcess a;
  private NodeProcess b;
  private String value = "begun";

  @BeforeEach
  void startPair() throws IOException, InterruptedException {
    layout =
        new PairLayout(
            directory, RunningPair.settings("detect { timeout = 1 s, primaryTimeout = 1500 ms }"));
    b = start(Place.B);
    a = start(Place.A, "--start-as", "primary");
    awaitProtected();
    write("begun");
  }

  @AfterEach
  void end() {
    a.close();
    b.close();
    a.forgetGuest();
    b.forgetGuest();
  }

  private NodeProcess start(Place place, String... arguments) throws IOException {
    Path config = layout.write(place, NodeConfig.Role.AUTO);
    return NodeProcess.start(place.node(), layout.directory(place), config, List.of(), arguments);
  }

  /** Both supervisors do their work, until the guest is protected and has what was written. */
  private void awaitProtected() throws InterruptedException {
    Await.until(
        "protected",
        RunningPair.TIMEOUT_MS,
        () -> {
          a = a.isAlive() ? a : start(Place.A);
          b = b.isAlive() ? b : start(Place.B);
          return isProtected(a) && isProtected(b);
        });
  }

  private static boolean isProtected(NodeProcess node) throws IOException {
    NodeStatus status = node.status().orElse(null);
    return status != null && status.pid() == node.pid() && status.state() == NodeState.PROTECTED;
  }

  private Place backup() throws IOException {
    return RunningPair.status(a).role().equals("backup") ? Place.A : Place.B;
  }

  private void write(String newValue) throws IOException {
    value = newValue;
    try (Jedis client = RunningPair.jedis(layout.front(backup()))) {
      assertThat(client.set("key", value)).isEqualTo("OK");
    }
  }

  private void judge() throws IOException, InterruptedException {
    awaitProtected();
    Await.until("what was written is read", RunningPair.TIMEOUT_MS, this::isThere);
  }

  /** The front opens a moment after the state has changed. */
  private boolean isThere() throws IOException {
    try (Jedis client = RunningPair.jedis(layout.front(backup()))) {
      return value.equals(client.get("key"));
    } catch (JedisConnectionException e) {
      return false;
    }
  }

  private static void killIn(NodeProcess node, String state) throws InterruptedException {
    Await.until(
        node.name() + " in " + state,
        RunningPair.TIMEOUT_MS,
        () -> !node.isAlive() || node.output().contains(" -> " + state + ":"));
    node.kill();
    node.awaitExit(RunningPair.TIMEOUT_MS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"CONNECTING", "SYNCING", "WHOLE", "PROTECTED"})
  void shouldComeBackWhenTheBackupIsKilledIn(String state) throws Exception {
    b.kill();
    b.awaitExit(RunningPair.TIMEOUT_MS);
    b = start(Place.B);
    killIn(b, state);
    judge();
  }

  @ParameterizedTest
  @ValueSource(strings = {"SWITCHING", "HANDED_OVER", "MOVED"})
  void shouldComeBackWhenAPrimaryThatIsToMoveItsGuestIsKilledIn(String state) throws Exception {
    Thread orders = Thread.ofVirtual().start(EveryStateTest.this::orderSwitchover);
    killIn(a, state);
    orders.join();
    judge();
  }

  /** Its outcome is not known here: the node is killed meanwhile. */
  private void orderSwitchover() {
    try {
      ControlClient.order(Wish.SWITCHOVER, a.directory(), RunningPair.TIMEOUT_MS, step -> {});
    } catch (UserError e) {
      assertThat(e).hasMessageContaining("node");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"SWITCHING", "HANDED_OVER", "MOVED"})
  void shouldComeBackWhenAPrimaryThatWasStoppedIsKilledIn(String state) throws Exception {
    a.signal("TERM");
    killIn(a, state);
    judge();
  }

  @ParameterizedTest
  @ValueSource(strings = {"RESIGNING", "RESIGNED"})
  void shouldComeBackWhenABackupThatWasStoppedIsKilledIn(String state) throws Exception {
    b.signal("TERM");
    killIn(b, state);
    judge();
  }

  @ParameterizedTest
  @ValueSource(strings = {"FENCED"})
  void shouldComeBackWhenThePrimaryThatWasFrozenIsKilledIn(String state) throws Exception {
    a.signal("STOP");
    RunningPair.awaitTakeover(b);
    a.signal("CONT");
    killIn(a, state);
    judge();
  }

  /** Alone it has the only copy; what is written down survives it. */
  @ParameterizedTest
  @ValueSource(strings = {"SAVED"})
  void shouldComeBackWhenTheOnlyNodeIsKilledIn(String state) throws Exception {
    b.signal("TERM");
    b.awaitExit(RunningPair.TIMEOUT_MS);
    RunningPair.awaitState(a, NodeState.SOLO);
    a.signal("TERM");
    killIn(a, state);
    judge();
  }
}
