package org.understudy.lab.vm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.understudy.node.config.NodeConfig;

/**
 * A machine that an operator's script starts for a node that waits to attach it: the command line
 * of docs/vm.md for a configuration.
 */
public final class ScriptMachine implements AutoCloseable {
  private static final Path SHARED = Path.of("/dev/shm");

  private final Process process;
  private final Path memory;

  private ScriptMachine(Process process, Path memory) {
    this.process = process;
    this.memory = memory;
  }

  /**
   * Starts it.
   *
   * @param prefix a program that runs the rest of its arguments as a command
   * @param config of the primary, whose {@code vm.attach} is where it is to be found
   * @param taps names of its taps, in the order of the interfaces
   * @param log takes what it says
   */
  public static ScriptMachine start(
      List<String> prefix, NodeConfig config, List<String> taps, Path log) throws IOException {
    Path memory = Files.createTempFile(SHARED, "understudy-script-", "");
    List<String> command = new ArrayList<>(prefix);
    command.addAll(List.of("setpriv", "--pdeathsig", "KILL"));
    command.addAll(command(config, taps, memory));
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    return new ScriptMachine(process, memory);
  }

  /** The socket at which a node serves its disks. */
  public static Path disks(NodeConfig config) {
    return config.node().directory().resolve("vm").resolve("disks");
  }

  private static List<String> command(NodeConfig config, List<String> taps, Path memory) {
    NodeConfig.Vm vm = config.vm();
    String size = config.guest().memoryBytes() + "B";
    List<String> command = new ArrayList<>();
    command.addAll(List.of(vm.program(), "-nodefaults", "-display", "none", "-accel", "tcg"));
    // As a node builds it: an emulated machine with one processor has room for another.
    command.addAll(List.of("-smp", vm.cpus() == 1 ? "1,maxcpus=2" : "" + vm.cpus(), "-m", size));
    command.addAll(List.of("-machine", vm.machine() + ",memory-backend=pc.ram"));
    command.add("-object");
    command.add(
        "memory-backend-file,id=pc.ram,share=on,x-use-canonical-path-for-ramblock-id=off,size="
            + size
            + ",mem-path="
            + memory);
    if (!vm.kernel().isEmpty()) {
      command.addAll(List.of("-kernel", vm.kernel()));
      command.addAll(List.of("-initrd", vm.initrd(), "-append", vm.append()));
    }
    for (NodeConfig.Vm.Disk disk : vm.disks()) {
      command.add("-blockdev");
      command.add(
          "driver=nbd,node-name=some-"
              + disk.id()
              + ",server.type=unix,server.path="
              + disks(config)
              + ",export="
              + disk.id()
              + ",reconnect-delay=10,discard=unmap");
      command.addAll(
          List.of("-device", "virtio-blk-pci,drive=some-" + disk.id() + older(vm.legacyDisks())));
    }
    for (int i = 0; i < vm.nics().size(); i++) {
      String netdev = "tap,id=any" + i + ",ifname=" + taps.get(i);
      command.addAll(List.of("-netdev", netdev + ",script=no,downscript=no,vhost=off"));
      command.add("-device");
      command.add(
          "virtio-net-pci,romfile=,netdev=any"
              + i
              + ",mac="
              + vm.nics().get(i).mac()
              + older(vm.legacyNics()));
    }
    command.addAll(vm.extra());
    command.addAll(List.of("-qmp", "unix:" + vm.attach() + ",server=on,wait=off"));
    command.addAll(List.of("-qmp", "unix:" + vm.attach() + "-save,server=on,wait=off"));
    return command;
  }

  private static String older(boolean isLegacy) {
    return isLegacy ? ",disable-legacy=off,disable-modern=on" : "";
  }

  /** Whether it runs. */
  public boolean isAlive() {
    return process.isAlive();
  }

  /** Ends it. */
  @Override
  public void close() throws IOException {
    process.destroyForcibly();
    process.onExit().join();
    Files.deleteIfExists(memory);
  }
}
