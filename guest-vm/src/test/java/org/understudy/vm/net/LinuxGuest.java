package org.understudy.vm.net;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.understudy.checkpoint.memory.SharedMemoryFile;
import org.understudy.vm.Await;
import org.understudy.vm.device.DeviceCapture;
import org.understudy.vm.device.GuestEvents;
import org.understudy.vm.device.StateLoader;
import org.understudy.vm.qemu.Accelerator;
import org.understudy.vm.qemu.QemuCommandLine;
import org.understudy.vm.qemu.QemuProcess;
import org.understudy.vm.qemu.VmBoot;
import org.understudy.vm.qemu.VmConfig;
import org.understudy.vm.qemu.VmNic;
import org.understudy.vm.qemu.VmPlace;
import org.understudy.vm.qmp.QmpClient;

/** A Linux with redis and nginx in QEMU, its tap on a bridge of a namespace of the test. */
final class LinuxGuest implements AutoCloseable {
  static final String MAC = "52:54:00:75:73:01";
  static final String IP = "10.78.0.2";
  static final long TIMEOUT_NS = TimeUnit.SECONDS.toNanos(60);
  private static final long MEMORY_BYTES = 160L << 20;

  /** Exit code of the script where this machine lacks something. */
  private static final int UNAVAILABLE = 3;

  private static Path image;

  final GuestEvents events = new GuestEvents(event -> {});
  final Path folder;
  final String tap;
  private final Namespace namespace;
  private final SharedMemoryFile memory;
  private QemuProcess qemu;
  private DeviceCapture capture;

  private LinuxGuest(Namespace namespace, Path parent, String name) throws IOException {
    this.namespace = namespace;
    folder = Files.createDirectory(parent.resolve(name));
    tap = "tap-" + name;
    memory = SharedMemoryFile.create("net-" + ProcessHandle.current().pid() + "-" + name);
  }

  /** A bridge with the clients' address. */
  static void makeBridge(Namespace namespace) throws IOException {
    namespace.ip("link add br0 type bridge");
    namespace.ip("link set br0 address f2:00:00:00:00:01");
    namespace.ip("addr add 10.78.0.1/24 dev br0");
    namespace.ip("link set br0 up");
  }

  /** Boots one and waits until its redis answers. */
  static LinuxGuest boot(Namespace namespace, Path parent, String name) throws Exception {
    LinuxGuest guest = new LinuxGuest(namespace, parent, name);
    guest.start(QemuCommandLine.running(guest.config(), guest.place()));
    guest.connectTap();
    try {
      Await.until("redis answers", () -> new GuestClient(namespace).answers());
      namespace.ip("neigh replace " + IP + " lladdr " + MAC + " dev br0");
      return guest;
    } catch (Exception | AssertionError e) {
      guest.close();
      throw e;
    }
  }

  /** A QEMU that waits for its state; its tap is off the bridge. */
  static LinuxGuest waiting(Namespace namespace, Path parent, String name) throws Exception {
    LinuxGuest guest = new LinuxGuest(namespace, parent, name);
    guest.start(QemuCommandLine.waiting(guest.config(), guest.place()));
    return guest;
  }

  /** Puts its tap on the bridge. */
  void connectTap() throws Exception {
    namespace.call(() -> {
      NetDevices.joinBridge("br0", tap);
      NetDevices.up(tap);
      return null;
    });
  }

  QemuProcess qemu() {
    return qemu;
  }

  QmpClient qmp() {
    return qemu.qmp();
  }

  Path memoryFile() {
    return memory.path();
  }

  List<VmNic> nics() {
    return List.of(new VmNic("n0", MAC));
  }

  DeviceCapture capture() {
    if (capture == null) {
      capture =
          new DeviceCapture(
              qmp(), events, place().saveSocket(), folder.resolve("state"), TIMEOUT_NS);
    }
    return capture;
  }

  StateLoader loader() {
    return new StateLoader(qmp(), events, folder.resolve("incoming"), TIMEOUT_NS);
  }

  private void start(List<String> command) throws IOException {
    try {
      qemu = QemuProcess.start(namespace.inside(command), place().qmpSocket(), events, TIMEOUT_NS);
    } catch (RuntimeException e) {
      memory.close();
      throw e;
    }
  }

  private VmConfig config() throws IOException {
    String append = Files.readString(image().resolve("append")).strip();
    VmBoot boot =
        new VmBoot(
            Optional.of(image().resolve("kernel")),
            Optional.of(image().resolve("initrd")),
            append + " us.ip=" + IP + "/24");
    return VmConfig.named("linux")
        .accelerator(Accelerator.TCG)
        .memoryBytes(MEMORY_BYTES)
        .nic("n0", MAC)
        .boot(boot)
        .build();
  }

  private VmPlace place() {
    return new VmPlace(memory.path(), folder.resolve("qmp"), Map.of(), Map.of("n0", tap));
  }

  /** Made once; its script has a cache of its own. */
  private static synchronized Path image() throws IOException {
    if (image == null) {
      Path script = Path.of("build/guest-image").toAbsolutePath();
      while (!Files.exists(script)) {
        Path above = script.getParent().getParent().getParent();
        script = above.resolve("build/guest-image");
      }
      Path folder = Path.of("target", "guest-image").toAbsolutePath();
      Process process =
          new ProcessBuilder(script.toString(), folder.toString())
              .redirectErrorStream(true)
              .start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int code = process.onExit().join().exitValue();
      Assumptions.assumeTrue(code != UNAVAILABLE, said);
      if (code != 0) {
        throw new IOException("guest-image: " + said);
      }
      image = folder;
    }
    return image;
  }

  @Override
  public void close() {
    if (capture != null) {
      capture.close();
    }
    qemu.close();
    memory.close();
  }
}
