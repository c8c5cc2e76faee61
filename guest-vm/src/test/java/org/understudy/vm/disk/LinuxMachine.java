package org.understudy.vm.disk;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import org.understudy.checkpoint.memory.SharedMemoryFile;
import org.understudy.vm.LinuxGuest;
import org.understudy.vm.device.DeviceCapture;
import org.understudy.vm.device.GuestEvents;
import org.understudy.vm.device.StateLoader;
import org.understudy.vm.disk.nbd.DiskClient;
import org.understudy.vm.qemu.Accelerator;
import org.understudy.vm.qemu.QemuCommandLine;
import org.understudy.vm.qemu.QemuProcess;
import org.understudy.vm.qemu.VmConfig;
import org.understudy.vm.qemu.VmPlace;
import org.understudy.vm.qmp.QmpRequests;

/** A QEMU with the Linux guest that writes numbered records to its disk, running or waiting. */
final class LinuxMachine implements AutoCloseable {
  static final long MEMORY_BYTES = 192L << 20;
  static final long TIMEOUT_NS = 60_000_000_000L;

  private final GuestEvents events = new GuestEvents(event -> {});
  private final Arena arena = Arena.ofShared();
  private final SharedMemoryFile memoryFile;
  private final Path folder;
  private final VmConfig config;
  private final VmPlace place;
  private QemuProcess qemu;
  private DeviceCapture capture;

  LinuxMachine(Path parent, String name, Map<String, Path> disks) throws Exception {
    folder = Files.createDirectory(parent.resolve(name));
    memoryFile = SharedMemoryFile.create("test-" + ProcessHandle.current().pid() + "-" + name);
    config =
        VmConfig.named("linux")
            .accelerator(Accelerator.TCG)
            .memoryBytes(MEMORY_BYTES)
            .boot(LinuxGuest.boot("us.disk=1 us.redis=off us.nginx=off"))
            .disk("vda", false)
            .build();
    place = new VmPlace(memoryFile.path(), folder.resolve("qmp"), disks, Map.of());
  }

  LinuxMachine run() {
    qemu =
        QemuProcess.start(
            QemuCommandLine.running(config, place), place.qmpSocket(), events, TIMEOUT_NS);
    return this;
  }

  LinuxMachine await() {
    qemu =
        QemuProcess.start(
            QemuCommandLine.waiting(config, place), place.qmpSocket(), events, TIMEOUT_NS);
    return this;
  }

  QemuProcess qemu() {
    return qemu;
  }

  DeviceCapture capture() {
    if (capture == null) {
      capture =
          new DeviceCapture(
              qemu.qmp(), events, place.saveSocket(), folder.resolve("state"), TIMEOUT_NS);
    }
    return capture;
  }

  StateLoader loader() {
    return new StateLoader(qemu.qmp(), events, folder.resolve("incoming"), TIMEOUT_NS);
  }

  /** The guest's RAM, mapped here as well. */
  MemorySegment memory() throws IOException {
    try (FileChannel channel =
        FileChannel.open(memoryFile.path(), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      return channel.map(MapMode.READ_WRITE, 0, MEMORY_BYTES, arena);
    }
  }

  /** What QEMU's own block layer reads from the disk, over an export that QEMU makes. */
  byte[] readThroughQemu(int bytes) throws IOException {
    Path socket = folder.resolve("export");
    ObjectNode listen = JsonNodeFactory.instance.objectNode();
    listen.putObject("addr").put("type", "unix").putObject("data").put("path", socket.toString());
    execute("nbd-server-start", listen);
    execute(
        "block-export-add",
        JsonNodeFactory.instance
            .objectNode()
            .put("type", "nbd")
            .put("id", "look")
            .put("node-name", "disk-vda")
            .put("name", "vda"));
    try (DiskClient client = new DiskClient(socket, "vda")) {
      return client.readAll(bytes);
    } finally {
      execute("nbd-server-stop", JsonNodeFactory.instance.objectNode());
    }
  }

  private void execute(String command, ObjectNode arguments) {
    qemu.qmp().execute(new QmpRequests.Raw(command, arguments), TIMEOUT_NS);
  }

  @Override
  public void close() {
    if (capture != null) {
      capture.close();
    }
    if (qemu != null) {
      qemu.close();
    }
    arena.close();
    memoryFile.close();
  }
}
