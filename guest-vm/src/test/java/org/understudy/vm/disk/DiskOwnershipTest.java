package org.understudy.vm.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.vm.Await;
import org.understudy.vm.disk.label.DiskLabelFile;
import org.understudy.vm.disk.primary.DiskLogSettings;

/** Whose a file is, and who may run on it (SAFETY rule V1). */
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DiskOwnershipTest {
  @TempDir Path folder;
  private DiskRig rig;

  @BeforeEach
  void install() throws IOException {
    rig = new DiskRig(folder);
    rig.install("a", new Random(1));
  }

  @Test
  void shouldRunOnFilesOfTheOperatorAndMarkThem() throws IOException {
    rig.run("a", 1).close();
    assertThat(rig.label("a", 0).generation()).isEqualTo(1);
    assertThat(rig.label("a", 1).registerId()).isEqualTo(DiskRig.REGISTER);
    rig.run("a", 1).close();
  }

  @Test
  void shouldRefuseFilesOfAnotherGenerationOrRegister() throws IOException {
    rig.run("a", 4).close();
    assertThatThrownBy(() -> rig.run("a", 5)).hasMessageContaining("only a base for a new copy");
    assertThatThrownBy(() -> rig.run("a", 3)).hasMessageContaining("only a base for a new copy");
    assertThatThrownBy(() -> rig.run("a", new DiskOwner(78, 4))).hasMessageContaining("foreign");
    rig.run("a", new DiskOwner(DiskRig.REGISTER, 6, 4)).close();
    assertThat(rig.label("a", 0).generation()).as("it ended, and starts again").isEqualTo(6);
  }

  @Test
  void shouldFollowTheRegisterWhenTheOwnershipChanges() throws IOException {
    try (RunningDisks running = rig.run("a", 1)) {
      running.enterProtected(2);
      Await.until(() -> generation("a") == 2);
      running.enterSolo(3);
      assertThat(generation("a")).isEqualTo(3);
    }
  }

  private long generation(String node) {
    try {
      return rig.label(node, 0).generation();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void shouldNeverRunOnACopyThatWasNotTakenOver() throws IOException {
    try (RunningDisks running = rig.run("a", 1);
        StandbyDisks standby = rig.standBy("b")) {
      DiskRig.copy(running, standby);
      Await.until(() -> standby.appliedEpoch() == 0);
    }
    assertThatThrownBy(() -> rig.run("b", 2)).hasMessageContaining("only a base for a new copy");
    assertThatThrownBy(() -> rig.run("b", 1)).hasMessageContaining("only a base for a new copy");
  }

  @Test
  void shouldNotOverwriteWhatIsNotItsOwn() throws IOException {
    rig.install("b", new Random(2));
    List<byte[]> before = rig.contents("b");
    try (StandbyDisks standby = rig.standBy("b")) {
      assertThatThrownBy(() -> standby.startCopy(DiskRig.REGISTER))
          .hasMessageContaining("holds data and has no disk record");
    }
    rig.run("b", new DiskOwner(78, 1)).close();
    try (StandbyDisks standby = rig.standBy("b")) {
      assertThatThrownBy(() -> standby.startCopy(DiskRig.REGISTER)).hasMessageContaining("foreign");
    }
    DiskRig.assertEqual(rig.contents("b"), before, "refused");
  }

  @Test
  void shouldRefuseFilesThatAreMissingDamagedInUseOrOfAnotherSize() throws IOException {
    RunningDisks running = rig.run("a", 1);
    assertThatThrownBy(() -> rig.run("a", 1)).hasMessageContaining("open already");
    running.close();
    Path first = rig.places("a").getFirst().file();
    DiskPlace larger = new DiskPlace("vda", first, DiskRig.SIZE + 4096);
    assertThatThrownBy(() ->
            RunningDisks.open(
                List.of(larger),
                new DiskOwner(DiskRig.REGISTER, 1),
                folder,
                DiskLogSettings.DEFAULT))
        .hasMessageContaining("must have " + (DiskRig.SIZE + 4096) + " bytes");
    Files.writeString(new DiskLabelFile(first).path(), "understudy-disk 1\n");
    assertThatThrownBy(() -> rig.run("a", 1)).hasMessageContaining("is damaged");
    Files.delete(first);
    assertThatThrownBy(() -> rig.run("a", 1)).hasMessageContaining("vda.raw is not there: ");
    DiskPlace unknown = new DiskPlace("vda", folder.resolve("nowhere.raw"));
    assertThatThrownBy(() -> StandbyDisks.open(List.of(unknown), folder, 1))
        .hasMessageContaining("no size says how to make");
    DiskPlace homeless = new DiskPlace("vda", folder.resolve("no/folder/vda.raw"), DiskRig.SIZE);
    assertThatThrownBy(() -> StandbyDisks.open(List.of(homeless), folder, 1))
        .hasMessageContaining("the folder of " + homeless.file() + " is not there");
  }

  /** Served as raw, the guest would write into the image's tables. */
  @ParameterizedTest
  @ValueSource(strings = {"qcow", "qcow2", "qed", "vmdk", "vdi", "vhdx", "vpc", "parallels"})
  void shouldRefuseImagesThatAreNotRaw(String format) throws Exception {
    Path image = rig.places("a").getFirst().file();
    List<String> make = List.of("qemu-img", "create", "-q", "-f", format, image.toString(), "3M");
    assertThat(new ProcessBuilder(make).inheritIO().start().waitFor()).isZero();
    byte[] before = Files.readAllBytes(image);
    List<DiskPlace> unsized = List.of(new DiskPlace("vda", image));
    assertThatThrownBy(() ->
            RunningDisks.open(
                unsized, new DiskOwner(DiskRig.REGISTER, 1), folder, DiskLogSettings.DEFAULT))
        .hasMessageContaining("disk " + image)
        .hasMessageContaining(format.equals("qcow") ? "qcow2" : format)
        .hasMessageContaining("qemu-img convert");
    assertThatThrownBy(() -> rig.run("a", 1)).hasMessageContaining("qemu-img convert");
    assertThatThrownBy(() -> rig.standBy("a"))
        .hasMessageContaining("the first copy makes the disk");
    assertThat(Files.readAllBytes(image)).isEqualTo(before);
    assertThat(Files.exists(new DiskLabelFile(image).path())).isFalse();
  }

  /** A raw disk of a pair may hold anything: a guest may keep an image on it. */
  @Test
  void shouldServeWhatItsGuestWroteWhateverItLooksLike() throws IOException {
    rig.run("a", 1).close();
    Path first = rig.places("a").getFirst().file();
    try (var file = new java.io.RandomAccessFile(first.toFile(), "rw")) {
      file.write(new byte[] {'Q', 'F', 'I', (byte) 0xfb});
    }
    rig.run("a", 1).close();
    rig.standBy("a").close();
  }
}
