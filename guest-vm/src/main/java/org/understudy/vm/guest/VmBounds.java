package org.understudy.vm.guest;

import java.util.ArrayList;
import java.util.List;
import org.understudy.checkpoint.memory.MemoryBound;
import org.understudy.vm.disk.StandbyDisks;
import org.understudy.vm.disk.nbd.NbdSettings;
import org.understudy.vm.disk.primary.DiskLogSettings;
import org.understudy.vm.net.NetSettings;
import org.understudy.vm.standby.StandbyNetwork;

/** What a machine takes at most beside its memory and its tracker. */
public final class VmBounds {
  /** QEMU beside the guest's memory: the one that runs or waits, and the one of a trial. */
  private static final long QEMU_BYTES = 2 * (128L << 20);

  /** A machine's device state: as captured, encoded, and the template. */
  private static final long DEVICE_STATE_BYTES = 32L << 20;

  private VmBounds() {}

  /** In either role. */
  public static List<MemoryBound> both(int disks) {
    List<MemoryBound> bounds = new ArrayList<>();
    bounds.add(MemoryBound.ofNative("QEMU", "", QEMU_BYTES));
    bounds.add(MemoryBound.ofDirect("device state", "", DEVICE_STATE_BYTES));
    if (disks > 0) {
      // A request and its answer each.
      long bytes = 2L * disks * NbdSettings.DEFAULT.maxRequestBytes();
      bounds.add(MemoryBound.ofDirect("requests of disks", "vm.disks", bytes));
    }
    return bounds;
  }

  /** On the primary. */
  public static List<MemoryBound> primary(int disks, int nics) {
    List<MemoryBound> bounds = new ArrayList<>();
    if (disks > 0) {
      bounds.add(DiskLogSettings.DEFAULT.bound());
    }
    if (nics > 0) {
      bounds.addAll(NetSettings.DEFAULT.bounds());
    }
    return bounds;
  }

  /** On the backup. */
  public static List<MemoryBound> backup(int disks, int nics) {
    List<MemoryBound> bounds = new ArrayList<>();
    if (disks > 0) {
      bounds.add(
          MemoryBound.ofNative("writes that wait for the disks", "", StandbyDisks.LIMIT_BYTES));
    }
    if (nics > 0) {
      bounds.addAll(StandbyNetwork.bounds());
    }
    return bounds;
  }
}
