package org.understudy.failover.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.understudy.lab.pair.NodeProcess;
import org.understudy.lab.pair.PairLayout.Place;
import org.understudy.node.program.ExitCode;
import org.understudy.node.seal.KeyFile;
import org.understudy.node.seal.PairKey;
import org.understudy.node.status.NodeState;
import org.understudy.node.status.NodeStatus;

/** Keys of a pair, as its operators see them (docs/security.md). */
@Timeout(300)
class SealedPairTest {
  @TempDir private Path directory;
  private AutoPair pair;
  private Path oldKey;
  private Path newKey;

  @BeforeEach
  void makePair() throws IOException {
    pair = new AutoPair(directory.resolve("pair"));
    oldKey = key("old.key", "a", "b");
    newKey = key("new.key", "a", "b");
  }

  @AfterEach
  void end() {
    pair.close();
  }

  private Path key(String name, String first, String second) {
    Path file = directory.resolve(name);
    KeyFile.write(file, PairKey.random(first, second));
    return file;
  }

  private static List<String> keys(Path... files) {
    return List.of("wire.keys = [\"" + String.join("\", \"", names(files)) + "\"]");
  }

  private static List<String> names(Path... files) {
    return List.of(files).stream().map(Path::toString).toList();
  }

  private void awaitOutput(NodeProcess node, String text) throws InterruptedException {
    Await.until(
        node.name() + " says: " + text, RunningPair.TIMEOUT_MS, () -> node.output().contains(text));
  }

  private static String keyOf(NodeProcess node) throws IOException {
    NodeStatus status = RunningPair.status(node);
    assertThat(status.link().sealed()).isTrue();
    return status.link().keyId();
  }

  /** One node after the other is stopped and started again, twice; the guest runs all the time. */
  @Test
  void shouldKeepTheGuestWhileItsKeyIsChanged() throws Exception {
    pair.start(Place.B, keys(oldKey));
    pair.start(Place.A, keys(oldKey), "--start-as", "primary");
    pair.awaitProtected(Place.A, Place.B);
    pair.write(Place.B, "before");
    String before = keyOf(pair.node(Place.A));

    restart(Place.B, Place.A, keys(newKey, oldKey));
    restart(Place.A, Place.B, keys(newKey, oldKey));
    restart(Place.B, Place.A, keys(newKey));
    restart(Place.A, Place.B, keys(newKey));
    assertThat(pair.read(Place.A)).isEqualTo("before");
    assertThat(keyOf(pair.node(Place.A))).isEqualTo(keyOf(pair.node(Place.B))).isNotEqualTo(before);
  }

  /** Whatever it was, it comes back as the backup of the other one. */
  private void restart(Place place, Place other, List<String> settings) throws Exception {
    NodeProcess node = pair.node(place);
    assertThat(node.stop(RunningPair.TIMEOUT_MS)).as(node.output()).isEqualTo(ExitCode.OK);
    pair.start(place, settings);
    pair.awaitProtected(other, place);
  }

  @Test
  void shouldLetNobodyInWhoHasAnotherKeyAndSayWhatToDo() throws Exception {
    NodeProcess primary = pair.start(Place.A, keys(oldKey), "--start-as", "primary");
    RunningPair.awaitState(primary, NodeState.SOLO);
    NodeProcess stranger = pair.start(Place.B, keys(newKey));
    awaitOutput(primary, "a handshake with a key that is not here");
    awaitOutput(stranger, "copy the key file to both nodes");
    assertThat(RunningPair.status(primary).state()).isEqualTo(NodeState.SOLO);
    stranger.stop(RunningPair.TIMEOUT_MS);
    pair.start(Place.B, keys(oldKey));
    pair.awaitProtected(Place.A, Place.B);
  }

  @Test
  void shouldTellBothSidesThatOnlyOneOfThemSeals() throws Exception {
    NodeProcess primary = pair.start(Place.A, "--start-as", "primary");
    RunningPair.awaitState(primary, NodeState.SOLO);
    NodeProcess clear = pair.start(Place.B, List.of("wire.sealed = false"));
    awaitOutput(primary, "wire.sealed must be equal on both");
    awaitOutput(clear, "wire.sealed is true there");
    assertThat(RunningPair.status(primary).state()).isEqualTo(NodeState.SOLO);
    assertThat(RunningPair.status(clear).link().sealed()).isFalse();
  }

  @Test
  void shouldGoOnInTheClearWhereBothAreTold() throws Exception {
    List<String> clear = List.of("wire.sealed = false");
    pair.start(Place.B, clear);
    pair.start(Place.A, clear, "--start-as", "primary");
    pair.awaitProtected(Place.A, Place.B);
    assertThat(RunningPair.status(pair.node(Place.A)).link().sealed()).isFalse();
  }

  @Test
  void shouldNotStartWithoutAKeyOrWithThatOfOthers() throws Exception {
    NodeProcess bare = pair.start(Place.A, List.of("wire.keys = []"), "--start-as", "primary");
    assertThat(bare.awaitExit(RunningPair.TIMEOUT_MS)).isEqualTo(ExitCode.CONFIGURATION_INVALID);
    assertThat(bare.output()).contains("understudy keygen a");
    NodeProcess other = pair.start(Place.A, keys(key("c-b.key", "c", "b")));
    assertThat(other.awaitExit(RunningPair.TIMEOUT_MS)).isEqualTo(ExitCode.CONFIGURATION_INVALID);
    assertThat(other.output()).contains("is the key of c and b, and this node is a");
  }
}
