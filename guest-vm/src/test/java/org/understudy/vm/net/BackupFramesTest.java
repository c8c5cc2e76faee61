package org.understudy.vm.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.understudy.vm.disk.Seeds;

/** What the backup keeps of frames. */
final class BackupFramesTest {
  private static final int LOG_BYTES = 512 << 10;

  private final InputFrameLog log = new InputFrameLog(LOG_BYTES);
  private final List<Integer> replayed = new ArrayList<>();

  @Test
  void shouldReplayTcpSinceTheLastCommitInOrder() {
    mirrored(1, true);
    mirrored(2, true);
    mirrored(3, false);
    mirrored(5, true);
    log.undecided(0, tcp(100, 60), 0, 60);
    log.committed(1);
    assertThat(log.frames()).isEqualTo(4);
    assertThat(replay()).isEqualTo(3);
    assertThat(replayed).containsExactly(2, 5, 100);
    assertThat(log.frames()).as("once only").isZero();
    assertThat(replay()).isZero();
  }

  @Test
  void shouldReplayWhateverNoGuestHasSeen() {
    mirrored(1, false);
    log.unseen(2, 3, udp(2), 0, 60);
    log.unseen(3, 0, tcp(3, 60), 0, 60);
    log.undecided(0, udp(100), 0, 60);
    List<Integer> nics = new ArrayList<>();
    log.forEach((nic, buffer, offset, length) -> nics.add(nic));
    assertThat(nics).containsExactly(0, 3, 0, 0);
    log.committed(1);
    assertThat(replay()).isEqualTo(3);
    assertThat(replayed).containsExactly(2, 3, 100);
    assertThatThrownBy(() -> log.unseen(4, FrameRecords.MAX_NICS, udp(4), 0, 60))
        .hasMessageContaining("interface 64");
  }

  @Test
  void shouldForgetWhatThePrimaryGotItself() {
    mirrored(1, true);
    log.undecided(0, tcp(100, 60), 0, 60);
    mirrored(2, true);
    log.forgetUndecided();
    log.committed(1);
    replay();
    assertThat(replayed).containsExactly(2);
  }

  @Test
  void shouldIgnoreAMirroredFrameThatIsCommittedAlready() {
    log.committed(7);
    mirrored(7, true);
    mirrored(8, true);
    replay();
    assertThat(replayed).containsExactly(8);
  }

  @Test
  void shouldEndTheReplayWhereTheGuestTakesNoMore() {
    mirrored(1, true);
    mirrored(2, true);
    assertThat(log.replayTo((nic, buffer, offset, length) -> false)).isZero();
    assertThat(log.frames()).isZero();
  }

  @Test
  void shouldRefuseWhatCannotBe() {
    mirrored(5, true);
    UnsafeBuffer frame = tcp(1, 60);
    assertThatThrownBy(() -> log.mirrored(5, 0, frame, 0, 60))
        .hasMessageContaining("after frame 5");
    assertThatThrownBy(() -> log.mirrored(6, -1, frame, 0, 60))
        .hasMessageContaining("interface -1");
    assertThatThrownBy(() -> log.mirrored(6, 0, frame, 0, -60)).hasMessageContaining("-60 bytes");
    assertThatThrownBy(() -> log.undecided(0, frame, 0, Frames.MAX_FRAME_BYTES + 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new InputFrameLog(1000)).hasMessageContaining("power of two");
    assertThat(log.frames()).isEqualTo(1);
  }

  @Test
  void shouldAgreeWithAQueueWhateverComes() {
    Random random = new Random(Seeds.next(BackupFramesTest.class));
    ArrayDeque<Integer> model = new ArrayDeque<>();
    int sequence = 0;
    for (int step = 0; step < 50_000; step++) {
      if (random.nextInt(20) == 0 && sequence > 0) {
        int upTo = random.nextInt(sequence + 1);
        log.committed(upTo);
        model.removeIf(number -> number <= upTo);
      } else {
        int length = 60 + random.nextInt(random.nextInt(30) == 0 ? 60_000 : 1500);
        sequence += 1 + random.nextInt(2);
        log.mirrored(sequence, 0, tcp(sequence, length), 0, length);
        model.add(sequence);
      }
      while (model.size() > log.frames()) {
        model.poll(); // the oldest go first
      }
      assertThat(log.frames()).isEqualTo(model.size());
    }
    assertThat(log.droppedFrames()).isPositive();
    replay();
    assertThat(replayed).containsExactlyElementsOf(model);
  }

  @Test
  void shouldSendFramesThatMayNotHaveLeft() {
    HeldFrames frames = new HeldFrames(1 << 20);
    commit(frames, 1, 10, 11);
    commit(frames, 2);
    commit(frames, 3, 30);
    commit(frames, 4, 40, 41);
    frames.released(2);
    assertThat(send(frames)).containsExactly(30, 40, 41);
    assertThat(send(frames)).as("once only").isEmpty();
    assertThat(frames.heldBytes()).isZero();
  }

  @Test
  void shouldDropTheOldestEpochsAboveTheBound() {
    HeldFrames frames = new HeldFrames(300);
    commit(frames, 1, 1, 2);
    commit(frames, 2, 3, 4);
    commit(frames, 3, 5, 6);
    commit(frames, 4, 1, 2, 3, 4, 5, 6, 7);
    assertThat(frames.droppedEpochs()).isEqualTo(2);
    assertThat(send(frames)).containsExactly(3, 4, 5, 6);
  }

  @Test
  void shouldRefuseSectionsThatDoNotParse() {
    HeldFrames frames = new HeldFrames(1 << 20);
    UnsafeBuffer section = section(1);
    int length = section.capacity();
    assertThatThrownBy(() -> frames.commit(1, section, 0, length - 1))
        .hasMessageContaining("frame record at 0 has length 60");
    assertThatThrownBy(() -> frames.commit(1, section, 0, 7)).hasMessageContaining("cut off");
    section.putInt(4, -1);
    assertThatThrownBy(() -> frames.commit(1, section, 0, length))
        .hasMessageContaining("length 4294967295");
    section.putInt(4, 0);
    assertThatThrownBy(() -> frames.commit(1, section, 0, length)).hasMessageContaining("length 0");
    section.putInt(4, 60);
    section.putInt(0, FrameRecords.MAX_NICS);
    assertThatThrownBy(() -> frames.commit(1, section, 0, length))
        .hasMessageContaining("interface 64");
    assertThat(frames.heldBytes()).isZero();
    commit(frames, 1, 1);
    assertThatThrownBy(() -> commit(frames, 1, 1)).hasMessageContaining("epoch 1 after 1");
  }

  @Test
  void shouldNotReadBeyondASectionWhateverIsInIt() {
    Random random = new Random(Seeds.next(BackupFramesTest.class));
    int refused = 0;
    for (int i = 0; i < 20_000; i++) {
      UnsafeBuffer section = section(1, 2, 3);
      for (int flips = random.nextInt(3); flips >= 0; flips--) {
        int record = 68 * random.nextInt(3);
        section.putByte(record + random.nextInt(8), (byte) random.nextInt());
      }
      try {
        FrameRecords.validate(section, 0, section.capacity());
      } catch (IllegalArgumentException e) {
        refused++;
      }
    }
    assertThat(refused).isPositive();
  }

  private void mirrored(int sequence, boolean tcp) {
    UnsafeBuffer frame = tcp ? tcp(sequence, 60) : udp(sequence);
    log.mirrored(sequence, 0, frame, 0, 60);
  }

  private int replay() {
    return log.replayTo(
        (nic, buffer, offset, length) -> replayed.add(buffer.getInt(offset + length - 4)));
  }

  private static void commit(HeldFrames frames, long epoch, int... numbers) {
    UnsafeBuffer section = section(numbers);
    frames.commit(epoch, section, 0, section.capacity());
  }

  private static UnsafeBuffer section(int... numbers) {
    UnsafeBuffer section = new UnsafeBuffer(new byte[numbers.length * 68]);
    int at = 0;
    for (int number : numbers) {
      at = FrameRecords.putHeader(section, at, 0, 60);
      section.putBytes(at, tcp(number, 60), 0, 60);
      at += 60;
    }
    return section;
  }

  private static List<Integer> send(HeldFrames frames) {
    List<Integer> sent = new ArrayList<>();
    frames.sendTo((nic, buffer, offset, length) -> sent.add(buffer.getInt(offset + length - 4)));
    return sent;
  }

  private static UnsafeBuffer udp(int number) {
    UnsafeBuffer frame = tcp(number, 60);
    frame.putByte(Frames.MIN_FRAME_BYTES + 9, (byte) 17);
    return frame;
  }

  /** Enough of TCP for what is looked at; its number is in the last four bytes. */
  private static UnsafeBuffer tcp(int number, int length) {
    UnsafeBuffer frame = new UnsafeBuffer(new byte[length]);
    frame.putShort(Frames.MIN_FRAME_BYTES - 2, (short) 0x0800, java.nio.ByteOrder.BIG_ENDIAN);
    frame.putByte(Frames.MIN_FRAME_BYTES + 9, (byte) 6);
    frame.putInt(length - 4, number);
    return frame;
  }
}
