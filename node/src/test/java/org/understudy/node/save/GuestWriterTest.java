package org.understudy.node.save;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.understudy.checkpoint.memory.GuestMemory;
import org.understudy.pair.ownership.NodeId;
import org.understudy.pair.ownership.Ownership;
import org.understudy.pair.ownership.Register;

/** A guest that is put aside is all there again, or told to be not. */
@Timeout(60)
class GuestWriterTest {
  private static final NodeId A = new NodeId("a", 0x12);
  private static final NodeId NEXT_A = new NodeId("a", 0x13);
  private static final NodeId B = new NodeId("b", 0x12);
  private static final Register REGISTER = new Register(7, 3, new Ownership.Solo(A));

  @TempDir private Path temporary;

  private SaveDirectory directory() {
    return new SaveDirectory(temporary.resolve("save"));
  }

  private SavedGuest save(GuestMemory memory) throws IOException {
    GuestWriter writer =
        new GuestWriter(
            directory(), A, SavedGuests.description(memory.segment().byteSize()), () -> {});
    assertThat(writer.obstacle()).isNull();
    writer.begin(REGISTER, memory, SavedGuests.capture());
    assertThat(SavedGuests.outcome(writer)).isEmpty();
    assertThat(writer.abandon()).as("it is there").isFalse();
    return directory().find().orElseThrow();
  }

  @Test
  void shouldGiveBackWhatWasWritten() throws IOException {
    try (Arena arena = Arena.ofShared()) {
      GuestMemory memory = SavedGuests.filled(arena);
      SavedGuest saved = save(memory);
      assertThat(saved.inputPosition()).isEqualTo(41);
      assertThat(saved.stampNs()).isEqualTo(4_711);
      GuestMemory again = SavedGuests.memory(arena, 3 << 20);
      directory().check(saved, SavedGuests.description(3 << 20));
      assertThat(directory().load(saved, again)).isEqualTo(SavedGuests.DEVICE);
      assertThat(again.segment().mismatch(memory.segment())).isEqualTo(-1);
    }
  }

  @Test
  void shouldKeepItFromOthers() throws IOException {
    try (Arena arena = Arena.ofShared()) {
      save(SavedGuests.filled(arena));
    }
    Path save = temporary.resolve("save");
    assertThat(Files.getPosixFilePermissions(save))
        .isEqualTo(PosixFilePermissions.fromString("rwx------"));
    for (String file : List.of("guest.json", "memory", "device")) {
      assertThat(Files.getPosixFilePermissions(save.resolve(file)))
          .as(file)
          .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }
  }

  @Test
  void shouldBeTheGuestOfTheRegisterThatNamesItsProcessAndOfNoOther() throws IOException {
    try (Arena arena = Arena.ofShared()) {
      SavedGuest saved = save(SavedGuests.filled(arena));
      assertThat(saved.isNamedBy(REGISTER)).isTrue();
      assertThat(saved.isNamedBy(REGISTER.next(new Ownership.Saved(A)))).isTrue();
      assertThat(saved.isNamedBy(REGISTER.next(new Ownership.Solo(NEXT_A)))).isFalse();
      assertThat(saved.isNamedBy(REGISTER.next(new Ownership.Solo(B)))).isFalse();
      assertThat(saved.isNamedBy(REGISTER.next(new Ownership.Protected(A, B)))).isFalse();
      assertThat(saved.isNamedBy(REGISTER.next(new Ownership.Ended()))).isFalse();
      assertThat(saved.isNamedBy(new Register(8, 3, new Ownership.Solo(A)))).isFalse();
      assertThat(saved.isNamedBy(null)).isFalse();

      directory().adopt(saved, NEXT_A);
      SavedGuest adopted = directory().find().orElseThrow();
      assertThat(adopted.isNamedBy(REGISTER.next(new Ownership.Solo(NEXT_A)))).isTrue();
      assertThat(adopted.isNamedBy(REGISTER)).isTrue();
    }
  }

  @Test
  void shouldBeThereAsAWholeOrNotAtAllWheneverItIsGivenUp() throws IOException {
    try (Arena arena = Arena.ofShared()) {
      GuestMemory memory = SavedGuests.filled(arena);
      for (int i = 0; i < 30; i++) {
        GuestWriter writer =
            new GuestWriter(directory(), A, SavedGuests.description(3 << 20), () -> {});
        assertThat(writer.obstacle()).isNull();
        writer.begin(REGISTER, memory, SavedGuests.capture());
        LockSupport.parkNanos(i * 500_000L);
        boolean isGivenUp = writer.abandon();
        assertThat(SavedGuests.outcome(writer).isEmpty()).as("attempt %d", i).isEqualTo(!isGivenUp);
        assertThat(directory().find().isPresent()).as("attempt %d", i).isEqualTo(!isGivenUp);
      }
    }
  }

  @Test
  void shouldSayWhatIsDamaged() throws IOException {
    try (Arena arena = Arena.ofShared()) {
      SavedGuest saved = save(SavedGuests.filled(arena));
      GuestMemory again = SavedGuests.memory(arena, 3 << 20);
      Path file = temporary.resolve("save").resolve("memory");
      byte[] right = Files.readAllBytes(file);
      byte[] wrong = right.clone();
      wrong[2 << 20] ^= 1;
      Files.write(file, wrong);
      assertThatThrownBy(() -> directory().load(saved, again))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("is not what was written");
      Files.write(file, new byte[100]);
      assertThatThrownBy(() -> directory().check(saved, SavedGuests.description(3 << 20)))
          .hasMessageContaining("not of 3145728 bytes");
      assertThatThrownBy(() -> directory().check(saved, SavedGuests.description(1 << 20)))
          .hasMessageContaining("set guest.type and guest.memory back");
    }
  }

  @Test
  void shouldRefuseADescriptionThatIsDamagedOrALink() throws IOException {
    try (Arena arena = Arena.ofShared()) {
      save(SavedGuests.filled(arena));
    }
    Path file = temporary.resolve("save").resolve("guest.json");
    String right = Files.readString(file);
    for (String wrong :
        List.of("", "{", "{}", "[1]", right.replace("service/x", "service/y"), "null")) {
      Files.writeString(file, wrong);
      assertThatThrownBy(() -> directory().find())
          .as(wrong)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("is damaged");
    }
    Path elsewhere = Files.writeString(temporary.resolve("elsewhere"), right);
    Files.delete(file);
    Files.createSymbolicLink(file, elsewhere);
    assertThatThrownBy(() -> directory().find()).hasMessageContaining("is damaged");
  }

  @Test
  void shouldNameWhatKeepsItFromBeingWritten() throws IOException {
    Path file = Files.writeString(temporary.resolve("file"), "no directory");
    GuestWriter nowhere =
        new GuestWriter(new SaveDirectory(file), A, SavedGuests.description(1 << 20), () -> {});
    assertThat(nowhere.obstacle()).contains(file.toString(), "cannot be used");
    GuestWriter tooLarge =
        new GuestWriter(directory(), A, SavedGuests.description(1L << 42), () -> {});
    assertThat(tooLarge.obstacle()).contains("has room for", "the guest needs 4.0 TiB");
  }
}
