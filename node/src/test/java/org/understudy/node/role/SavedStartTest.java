package org.understudy.node.role;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.understudy.node.config.NodeConfig;
import org.understudy.node.program.UserError;
import org.understudy.node.save.SaveDirectory;
import org.understudy.node.save.SavedGuests;
import org.understudy.pair.ownership.NodeId;
import org.understudy.pair.ownership.Ownership;
import org.understudy.pair.ownership.Register;

/** Which starts go on with a guest that was saved. */
@Timeout(60)
class SavedStartTest {
  private static final NodeId A = new NodeId("a", 1);
  private static final NodeId NEXT_A = new NodeId("a", 2);
  private static final NodeId B = new NodeId("b", 3);
  private static final Register SOLO = new Register(7, 3, new Ownership.Solo(A));
  private static final Register SAVED = SOLO.next(new Ownership.Saved(A));

  @TempDir private Path directory;

  @BeforeEach
  void save() throws IOException {
    SavedGuests.save(new SaveDirectory(directory), A, SOLO);
  }

  private SavedStart look(Register register, boolean isGivenUp) {
    NodeConfig.Node node =
        new NodeConfig.Node("a", NodeConfig.Role.AUTO, "pair", directory, 1, directory, 1);
    return SavedStart.look(node, register, isGivenUp);
  }

  @Test
  void shouldGoOnWhereTheRegisterNamesItsProcess() {
    assertThat(look(SAVED, false).isHere()).isTrue();
    assertThat(look(SOLO, false).isHere()).as("the arbiter did not answer then").isTrue();
    assertThat(look(SOLO.next(new Ownership.Solo(B)), false).isHere()).isFalse();
    assertThat(look(null, false).isHere()).isFalse();
    assertThat(look(SAVED, true).isHere()).as("--start-empty").isFalse();
  }

  /** The register names the process that died; what it was to go on with is still there. */
  @Test
  void shouldGoOnAfterAStartThatDiedBeforeTheGuestRan() {
    look(SAVED, false).adopt(NEXT_A);
    assertThat(look(SAVED.next(new Ownership.Solo(NEXT_A)), false).isHere()).isTrue();
    assertThat(look(SAVED, false).isHere()).as("it may have died before it wrote that").isTrue();
  }

  @Test
  void shouldRefuseADamagedOneOnlyWhereItIsNeeded() throws IOException {
    Files.writeString(directory.resolve("guest.json"), "{");
    assertThatThrownBy(() -> look(SAVED, false))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("is damaged");
    assertThatThrownBy(() -> look(SOLO, false)).isInstanceOf(UserError.class);
    assertThat(look(SAVED, true).isHere()).isFalse();
    assertThat(look(SAVED.next(new Ownership.Solo(B)), false).isHere()).isFalse();
  }
}
