package org.understudy.vm;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.understudy.checkpoint.memory.SharedMemoryFile;
import org.understudy.vm.device.DeviceCapture;
import org.understudy.vm.device.GuestEvents;
import org.understudy.vm.device.StateLoader;
import org.understudy.vm.qemu.QemuCommandLine;
import org.understudy.vm.qemu.QemuProcess;
import org.understudy.vm.qemu.VmConfig;
import org.understudy.vm.qemu.VmPlace;

/** A QEMU with the counting guest, running or waiting, and its memory. */
public final class GuestRig implements AutoCloseable {
  public final GuestEvents events = new GuestEvents(event -> {});
  public final SharedMemoryFile memory;
  public final Path says;
  private final Path folder;
  private final Arena arena = Arena.ofShared();
  private String[] devices = {};
  private QemuProcess qemu;
  private DeviceCapture capture;

  private GuestRig(Path parent, String name) throws IOException {
    folder = Files.createDirectory(parent.resolve(name));
    says = folder.resolve("says");
    memory = SharedMemoryFile.create("test-" + ProcessHandle.current().pid() + "-" + name);
  }

  /** A guest that boots; further devices as QEMU's arguments. */
  public static GuestRig running(Path parent, String name, String... devices) throws IOException {
    GuestRig rig = new GuestRig(parent, name);
    rig.devices = devices;
    rig.start(QemuCommandLine.running(rig.config(), rig.place()));
    return rig;
  }

  /** A QEMU that waits, on a copy of this memory. */
  public static GuestRig waiting(Path parent, String name, MemorySegment image) throws IOException {
    GuestRig rig = new GuestRig(parent, name);
    rig.write(image);
    rig.start(QemuCommandLine.waiting(rig.config(), rig.place()));
    return rig;
  }

  /** Writes its memory from outside, as a backup does until a takeover. */
  public void write(MemorySegment image) throws IOException {
    try (FileChannel channel = FileChannel.open(memory.path(), StandardOpenOption.WRITE)) {
      channel.write(image.asByteBuffer());
    }
  }

  private VmConfig config() throws IOException {
    return CountingGuest.config(folder, says, devices);
  }

  private VmPlace place() {
    return new VmPlace(memory.path(), folder.resolve("qmp"));
  }

  private void start(List<String> command) {
    try {
      qemu = QemuProcess.start(command, place().qmpSocket(), events, CountingGuest.TIMEOUT_NS);
    } catch (RuntimeException e) {
      memory.close();
      throw e;
    }
  }

  public QemuProcess qemu() {
    return qemu;
  }

  public DeviceCapture capture() {
    if (capture == null) {
      capture =
          new DeviceCapture(
              qemu.qmp(),
              events,
              place().saveSocket(),
              folder.resolve("state"),
              CountingGuest.TIMEOUT_NS);
    }
    return capture;
  }

  public StateLoader loader() {
    return new StateLoader(
        qemu.qmp(), events, folder.resolve("incoming"), CountingGuest.TIMEOUT_NS);
  }

  /** The guest's RAM as it is now, mapped here as well. */
  public MemorySegment map() throws IOException {
    try (FileChannel channel = FileChannel.open(memory.path(), StandardOpenOption.READ)) {
      return channel.map(MapMode.READ_ONLY, 0, CountingGuest.MEMORY_BYTES, arena);
    }
  }

  /** Waits until the guest has said this many more counts. */
  public void awaitCounts(int more) throws Exception {
    long goal = (Files.exists(says) ? Files.size(says) : 0) + 4L * more;
    Await.until("the guest counts", () -> Files.exists(says) && Files.size(says) >= goal);
  }

  @Override
  public void close() {
    if (capture != null) {
      capture.close();
    }
    qemu.close();
    arena.close();
    memory.close();
  }
}
