package org.understudy.node.arbiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.understudy.pair.ownership.NodeId;
import org.understudy.pair.ownership.Ownership;
import org.understudy.pair.ownership.Register;
import org.understudy.protocol.link.HeldLock;

/**
 * What files alone can do wrong; what every arbiter must do is the contract in {@code
 * failover-tests}.
 */
class FileArbiterTest {
  private static final NodeId A = new NodeId("a", 0x1234);
  private static final NodeId B = new NodeId("b", -5);

  @TempDir private Path directory;
  private FileArbiter arbiter;

  @BeforeEach
  void open() throws IOException {
    arbiter = new FileArbiter(directory);
  }

  private static Register first(long id) {
    return new Register(id, 1, new Ownership.Solo(A));
  }

  @Test
  void shouldReadTheNewestWhenOthersWentOnPastTheKeptGenerationsMeanwhile() throws IOException {
    Register register = first(3);
    assertThat(arbiter.compareAndSet(register)).isTrue();
    AtomicReference<Register> newest = new AtomicReference<>(register);
    AtomicBoolean slept = new AtomicBoolean();
    FileArbiter sleeper =
        new FileArbiter(
            directory,
            () -> {
              if (slept.compareAndSet(false, true)) {
                newest.set(writeOn(newest.get(), FileArbiter.KEPT_GENERATIONS + 1));
              }
            },
            () -> {});
    assertThat(sleeper.read()).contains(newest.get());
    assertThat(newest.get().generation()).isEqualTo(FileArbiter.KEPT_GENERATIONS + 2);
  }

  private Register writeOn(Register from, int writes) {
    Register register = from;
    for (int i = 0; i < writes; i++) {
      register = register.next(new Ownership.Solo(B));
      try {
        assertThat(arbiter.compareAndSet(register)).isTrue();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return register;
  }

  @Test
  void shouldNameFileAndRemedyWhenTheNewestGenerationIsDamaged() throws IOException {
    arbiter.compareAndSet(first(1));
    arbiter.compareAndSet(first(1).next(new Ownership.Protected(A, B)));
    Path newest = directory.resolve("register-2");
    byte[] whole = Files.readAllBytes(newest);
    for (int length = 0; length < whole.length - 1; length++) {
      Files.write(newest, java.util.Arrays.copyOf(whole, length));
      assertDamaged(newest);
    }
    for (int at = 0; at < whole.length; at++) {
      byte[] flipped = whole.clone();
      flipped[at] ^= 0x01;
      Files.write(newest, flipped);
      if (!Character.isWhitespace(whole[at])) {
        assertDamaged(newest);
      }
    }
  }

  private void assertDamaged(Path file) {
    assertThatThrownBy(() -> arbiter.read())
        .isInstanceOf(IOException.class)
        .hasMessageContaining(file.toString());
  }

  @Test
  void shouldNeverFreeANameWhenOldGenerationsArePruned() throws IOException {
    Register register = first(9);
    int last = FileArbiter.KEPT_GENERATIONS * 3;
    for (int i = 0; i < last; i++) {
      assertThat(arbiter.compareAndSet(register)).isTrue();
      register = register.next(new Ownership.Solo(i % 2 == 0 ? A : B));
    }
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files).hasSize(last);
    }
    assertThat(Files.size(directory.resolve("register-" + FileArbiter.KEPT_GENERATIONS))).isZero();
    assertThat(Files.size(directory.resolve("register-" + (last - 1)))).isPositive();
  }

  @Test
  void shouldLoseWhenOthersMovedOnBetweenReadingAndLinking() throws IOException {
    Register first = first(3);
    arbiter.compareAndSet(first);
    Runnable othersMoveOn =
        () -> {
          try {
            Register next = first;
            for (int i = 0; i < FileArbiter.KEPT_GENERATIONS * 2; i++) {
              next = next.next(new Ownership.Solo(B));
              arbiter.compareAndSet(next);
            }
          } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        };
    FileArbiter slow = new FileArbiter(directory, () -> {}, othersMoveOn);
    assertThat(slow.compareAndSet(first.next(new Ownership.Solo(A)))).isFalse();
  }

  @Test
  void shouldRemoveTemporaryFilesWhenTheirOwnerIsDead() throws IOException {
    Path dead = Files.createFile(directory.resolve("claim-999999999-ab.tmp"));
    // Another process id name space may have given that number to somebody else.
    Path sameNumber =
        Files.createFile(directory.resolve("claim-" + ProcessHandle.current().pid() + "-ab.tmp"));
    try (HeldLock alive = HeldLock.create(directory.resolve("claim-ab.tmp"))) {
      new FileArbiter(directory).close();
      assertThat(dead).doesNotExist();
      assertThat(sameNumber).doesNotExist();
      assertThat(alive.file()).exists();
    }
  }

  @Test
  void shouldReportUnreachableWhenTheDirectoryIsGone() throws IOException {
    Files.delete(directory);
    assertThatThrownBy(() -> arbiter.read()).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> arbiter.compareAndSet(first(1))).isInstanceOf(IOException.class);
    Files.createDirectories(directory);
  }
}
