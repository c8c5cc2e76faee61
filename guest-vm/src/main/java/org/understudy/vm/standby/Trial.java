package org.understudy.vm.standby;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import org.understudy.vm.device.StateLoader;
import org.understudy.vm.machine.Machine;
import org.understudy.vm.machine.VmSettings;
import org.understudy.vm.qemu.QemuCommandLine;
import org.understudy.vm.qemu.VmPlace;

/**
 * A restore before it is needed (SAFETY rule V5): the state is loaded into a QEMU that has neither
 * network nor disks and only a private view of the memory, and is thrown away.
 */
final class Trial {
  /** Its taps must not be those of a QEMU that waits. */
  private static final int NUMBER = 999;

  private Trial() {}

  /** Returns when it worked; throws what went wrong. */
  static void run(VmSettings settings, Path memoryFile, long[] diskSizesBytes, ByteBuffer state) {
    Path qmp = settings.socket("trial.qmp");
    VmPlace place = settings.place(memoryFile, qmp, NUMBER, Map.of());
    try (Machine machine =
        Machine.start(
            settings,
            memoryFile,
            QemuCommandLine.trial(settings.config(), place, diskSizesBytes),
            qmp)) {
      new StateLoader(
              machine.qmp(), machine.events(), settings.socket("trial.state"), settings.timeoutNs())
          .load(state, settings.timeoutNs());
    }
  }
}
