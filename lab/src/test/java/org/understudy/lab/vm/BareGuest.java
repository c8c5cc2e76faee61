package org.understudy.lab.vm;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.understudy.lab.pair.PairLayout.Place;

/** The demo's guest in a QEMU that nobody protects, at place A. */
final class BareGuest implements AutoCloseable {
  private static final long DISK_BYTES = 1 << 20;

  final Path disk;
  final Process process;

  /**
   * Boots it.
   *
   * @param orders on its kernel command line, beside those for its network
   */
  BareGuest(Namespaces namespaces, Path directory, List<String> orders)
      throws IOException, InterruptedException {
    GuestImage image =
        GuestImage.make(home(), directory.resolve("image"), line -> System.err.println(line));
    disk = directory.resolve("disk.raw");
    try (RandomAccessFile file = new RandomAccessFile(disk.toFile(), "rw")) {
      file.setLength(DISK_BYTES);
    }
    namespaces.configure(
        Place.A.node(),
        List.of("tuntap add dev tap0 mode tap", "link set tap0 master " + VmLayout.BRIDGE + " up"));
    List<String> all = new ArrayList<>(List.of(VmLayout.guestNetwork(), "us.disk=1"));
    all.addAll(orders);
    List<String> command = new ArrayList<>(namespaces.prefix(Place.A.node()));
    // It must not outlive the test, however that ends.
    command.addAll(List.of("setpriv", "--pdeathsig", "KILL", "qemu-system-x86_64"));
    command.addAll(List.of("-no-user-config", "-nodefaults", "-display", "none"));
    command.addAll(List.of("-machine", "pc-i440fx-7.2", "-accel", "tcg", "-m", "256M"));
    command.addAll(List.of("-smp", "1,maxcpus=2"));
    command.addAll(List.of("-kernel", image.kernel().toString()));
    command.addAll(List.of("-initrd", image.initrd().toString(), "-append", image.append(all)));
    command.addAll(List.of("-netdev", "tap,id=n0,ifname=tap0,script=no,downscript=no,vhost=off"));
    command.addAll(
        List.of("-device", "virtio-net-pci,netdev=n0,romfile=,mac=" + VmLayout.GUEST_MAC));
    command.addAll(List.of("-drive", "file=" + disk + ",format=raw,if=none,id=d0,cache=none"));
    command.addAll(List.of("-device", "virtio-blk-pci,drive=d0"));
    command.addAll(List.of("-serial", "file:" + directory.resolve("console.log")));
    process = new ProcessBuilder(command).inheritIO().start();
  }

  /** The source tree: tests run in its module's directory. */
  static Path home() {
    return Path.of("").toAbsolutePath().getParent();
  }

  /** Ends it as a power cut does. */
  void kill() {
    process.destroyForcibly();
    process.onExit().join();
  }

  @Override
  public void close() {
    kill();
  }
}
