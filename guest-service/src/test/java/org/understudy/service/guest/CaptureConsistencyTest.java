package org.understudy.service.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.understudy.checkpoint.guest.InputKind;
import org.understudy.checkpoint.track.TrackerKind;
import org.understudy.checkpoint.track.TrackerProbe;

class CaptureConsistencyTest {
  private static final long MEMORY = 2 << 20;
  private static final long SESSION = 1;
  private static final int INPUTS = 3000;

  private final long seed = Long.getLong("understudy.test.seed", System.nanoTime());

  static Stream<Arguments> modes() {
    // Soft-dirty marks are for machines: here they would be taken from all memory of this process.
    return Stream.of(TrackerKind.values())
        .filter(tracker -> tracker != TrackerKind.SOFT_DIRTY)
        .flatMap(tracker -> Stream.of(Arguments.of(tracker, false), Arguments.of(tracker, true)));
  }

  /** Seeds with their stamps; the same for every run. */
  private record Log(List<byte[]> inputs) {
    static Log random(long seed) {
      Random random = new Random(seed);
      List<byte[]> inputs = new ArrayList<>();
      for (int i = 0; i < INPUTS; i++) {
        // Boundaries of inputs and of seeds differ, so that some bytes stay unconsumed.
        byte[] bytes = new byte[1 + random.nextInt(40)];
        random.nextBytes(bytes);
        inputs.add(bytes);
      }
      return new Log(inputs);
    }

    long stampNs(int index) {
      return 100 + 7L * index;
    }
  }

  private static void feed(GuestRig rig, Log log, int from, int to) {
    for (int i = from; i < to; i++) {
      long sequence = rig.input(InputKind.BYTES, log.stampNs(i), SESSION, log.inputs.get(i));
      if (i % 250 == 0 && i < to - 1 && from == 0) {
        // Many epochs, however fast inputs are; in between, captures come when they like.
        rig.awaitPosition(sequence);
      }
    }
  }

  /** What an undisturbed service answers. */
  private static String reference(Log log) {
    ServiceHarness harness =
        new ServiceHarness(ChurnService.DEFINITION, MEMORY, ServiceSettings.DEFAULT, false);
    ServiceRuntime runtime = harness.runtime();
    StringBuilder replies = new StringBuilder();
    runtime.advanceClock(1);
    runtime.sessionOpened(SESSION, false);
    for (int i = 0; i < INPUTS; i++) {
      runtime.advanceClock(log.stampNs(i));
      while (runtime.runPending()) {
        // timers that are due come first
      }
      byte[] bytes = log.inputs.get(i);
      runtime.input(SESSION, new UnsafeBuffer(bytes), 0, bytes.length);
    }
    byte[] all = harness.drain(SESSION);
    replies.append(new String(all, java.nio.charset.StandardCharsets.ISO_8859_1));
    return replies.toString();
  }

  private static String replies(GuestRig rig) {
    StringBuilder replies = new StringBuilder();
    for (ImageHost.Committed cut : rig.host.committed()) {
      cut.output().forEach(text -> replies.append(text, text.indexOf(':') + 1, text.length()));
    }
    return replies.toString();
  }

  @ParameterizedTest
  @MethodSource("modes")
  void shouldEqualMemoryAtEveryCaptureWhenLoadIsRandom(TrackerKind tracker, boolean restore) {
    Assumptions.assumeTrue(
        TrackerProbe.probe().stream().anyMatch(f -> f.kind() == tracker && f.available()),
        tracker.setting());
    System.out.println("CaptureConsistencyTest seed " + seed + " (-Dunderstudy.test.seed=)");
    Log log = Log.random(seed);
    ServiceSettings settings = ServiceSettings.DEFAULT.withRestoreEveryEpoch(restore);
    try (GuestRig rig = new GuestRig(ChurnService.DEFINITION, MEMORY, settings, tracker)) {
      rig.host.protect(3);
      rig.input(InputKind.SESSION_OPENED, 1, SESSION, new byte[0]);
      feed(rig, log, 0, INPUTS);
      rig.awaitPosition(INPUTS + 1);

      assertThat(rig.host.checkpoints()).isGreaterThan(5);
      assertThat(rig.host.failure).isNull();
      assertThat(replies(rig)).as("seed %s", seed).isEqualTo(reference(log));
    }
  }

  @Test
  void shouldAnswerTheSameWhenTakenOverInTheMiddle() {
    Log log = Log.random(seed);
    FakeFront front = new FakeFront();
    front.alreadyConnected(SESSION);
    try (GuestRig rig =
        new GuestRig(
            ChurnService.DEFINITION, MEMORY, ServiceSettings.DEFAULT, TrackerKind.WRITE_BARRIER)) {
      rig.host.protect(1);
      rig.input(InputKind.SESSION_OPENED, 1, SESSION, new byte[0]);
      feed(rig, log, 0, INPUTS / 2);
      rig.awaitPosition(INPUTS / 2 + 1);
      rig.guest.close();
      String committed = replies(rig);

      try (GuestRig survivor = rig.takeOver(front)) {
        survivor.start();
        // This client goes on before the log is replayed: its bytes must come last.
        byte[] last = log.inputs.get(INPUTS - 1);
        front.send(SESSION, new String(last, java.nio.charset.StandardCharsets.ISO_8859_1));
        feed(survivor, log, INPUTS / 2, INPUTS - 1);
        survivor.guest.serveLocally(true);
        String expected = reference(log);
        survivor.await(
            () -> committed.length() + front.received(SESSION).length() == expected.length(),
            "all replies, seed " + seed);
        // The last stamp is the local clock's, so timers may have changed the last hash.
        int same = expected.length() - (last.length + 7) / 8 * 8 - 8;
        assertThat((committed + front.received(SESSION)).substring(0, same))
            .as("seed %s", seed)
            .isEqualTo(expected.substring(0, same));
      }
    }
  }

  @Test
  void shouldCloseSessionsOfTheLostNodeWhenTakenOver() {
    try (GuestRig rig =
        new GuestRig(
            EchoService.DEFINITION, MEMORY, ServiceSettings.DEFAULT, TrackerKind.WRITE_BARRIER)) {
      rig.guest.serveLocally(true);
      rig.front.connect(7);
      rig.front.send(7, "local\n");
      rig.await(() -> rig.front.received(7).length() > 0, "local reply");
      rig.host.protect(1);
      rig.input(InputKind.SESSION_OPENED, 10, 8, new byte[0]);
      rig.awaitPosition(rig.text(11, 8, "remote\n"));
      rig.guest.close();

      FakeFront front = new FakeFront();
      front.alreadyConnected(8);
      try (GuestRig survivor = rig.takeOver(front)) {
        survivor.start();
        survivor.guest.serveLocally(true);
        front.send(8, "on\n");
        survivor.await(() -> front.received(8).equals("2 on\n"), "reply after takeover");
        survivor.text(12, 7, "gone\n");
        survivor.await(() -> survivor.guest.queuedInputs() == 0, "input of the lost session");
        assertThat(front.received(7)).isEmpty();
      }
    }
  }
}
