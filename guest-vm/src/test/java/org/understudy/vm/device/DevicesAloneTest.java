package org.understudy.vm.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.understudy.vm.CountingGuest;
import org.understudy.vm.GuestRig;
import org.understudy.vm.qmp.QmpRequests;

/** When QEMU writes its devices alone, and that the state is whole all the same. */
@Timeout(300)
final class DevicesAloneTest {
  private static final long TIMEOUT_NS = CountingGuest.TIMEOUT_NS;

  @TempDir Path folder;

  @BeforeEach
  void needQemu() {
    CountingGuest.assumeQemu();
  }

  @Test
  void shouldMakeTheStateThatAMigrationMakesOfTheSameInstant() throws Exception {
    try (GuestRig rig = GuestRig.running(folder, "guest")) {
      DeviceCapture capture = rig.capture();
      awaitDevicesAlone(rig);
      capture.stop(TIMEOUT_NS);
      byte[] made = bytes(capture.state(TIMEOUT_NS));
      assertThat(capture.isWhole()).as("devices alone").isFalse();
      capture.stay(TIMEOUT_NS);
      byte[] whole = bytes(capture.pause(TIMEOUT_NS));
      assertThat(capture.isWhole()).as("of a guest that stood still before").isTrue();
      int why = text(made).lastIndexOf("globalstate");
      assertThat(text(made).substring(why)).contains("running");
      assertThat(text(whole).substring(why)).contains("paused");
      assertThat(text(whole).substring(0, why)).isEqualTo(text(made).substring(0, why));
      capture.resume(TIMEOUT_NS);
    }
  }

  @Test
  void shouldAskOverTheSecondMonitorWhileTheGuestIsCaptured() throws Exception {
    try (GuestRig rig = GuestRig.running(folder, "guest")) {
      DeviceCapture capture = rig.capture();
      assertThat(capture.isLineReady()).as("before the first capture").isFalse();
      awaitDevicesAlone(rig);
      for (int i = 0; i < 20; i++) {
        assertThat(capture.isLineReady()).isTrue();
        capture(rig);
        assertThat(capture.isWhole()).isFalse();
      }
      capture.rest();
      assertThat(capture.isLineReady()).as("while nobody captures").isFalse();
      capture(rig);
      assertThat(capture.isLineReady()).as("opened again").isTrue();
      rig.awaitCounts(10);
    }
  }

  @Test
  void shouldLeaveAGuestPausedThatStaysAndIsCapturedOnceMore() throws Exception {
    try (GuestRig rig = GuestRig.running(folder, "guest")) {
      DeviceCapture capture = rig.capture();
      awaitDevicesAlone(rig);
      capture.pause(TIMEOUT_NS);
      capture.stay(TIMEOUT_NS);
      capture.pause(TIMEOUT_NS);
      assertThat(rig.qemu().qmp().execute(new QmpRequests.QueryStatus(), TIMEOUT_NS).running())
          .isFalse();
      capture.resume(TIMEOUT_NS);
      rig.awaitCounts(10);
    }
  }

  @Test
  void shouldTakeAllOfItAfterAReset() throws Exception {
    try (GuestRig rig = GuestRig.running(folder, "guest")) {
      awaitDevicesAlone(rig);
      rig.qemu().qmp().execute(new QmpRequests.Raw("system_reset", null), TIMEOUT_NS);
      capture(rig);
      assertThat(rig.capture().isWhole()).as("ROMs and tables may be others").isTrue();
      awaitDevicesAlone(rig);
    }
  }

  @Test
  void shouldAlwaysTakeAllOfItWhereADeviceHasMemoryOfItsOwn() throws Exception {
    try (GuestRig rig = GuestRig.running(folder, "guest", "-device", "VGA")) {
      rig.awaitCounts(10);
      for (int i = 0; i < 5; i++) {
        capture(rig);
        assertThat(rig.capture().isWhole()).as("the screen's memory").isTrue();
      }
    }
  }

  @Test
  void shouldGoOnWithWholeStatesWhereQemuCannotWriteTheFile() throws Exception {
    try (GuestRig rig = GuestRig.running(folder, "guest");
        DeviceCapture capture =
            new DeviceCapture(
                rig.qemu().qmp(),
                rig.events,
                folder.resolve("no-second-monitor"),
                folder.resolve("other"),
                StateFile.named(folder.resolve("nowhere/state")),
                TIMEOUT_NS)) {
      rig.awaitCounts(10);
      for (int i = 0; i < 3; i++) {
        capture.pause(TIMEOUT_NS);
        assertThat(capture.isWhole()).isTrue();
        capture.resume(TIMEOUT_NS);
        rig.awaitCounts(2);
      }
    }
  }

  /** The firmware has to have its tables before. */
  private static void awaitDevicesAlone(GuestRig rig) throws Exception {
    rig.awaitCounts(10);
    do {
      capture(rig);
    } while (rig.capture().isWhole());
  }

  private static void capture(GuestRig rig) {
    rig.capture().pause(TIMEOUT_NS);
    rig.capture().resume(TIMEOUT_NS);
  }

  private static byte[] bytes(ByteBuffer state) {
    byte[] bytes = new byte[state.remaining()];
    state.get(bytes);
    return bytes;
  }

  private static String text(byte[] state) {
    return new String(state, StandardCharsets.ISO_8859_1);
  }
}
