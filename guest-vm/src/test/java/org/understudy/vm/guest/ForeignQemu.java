package org.understudy.vm.guest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.understudy.vm.CountingGuest;
import org.understudy.vm.qemu.VmConfig;

/** A QEMU with the counting guest, started as an operator's script would. */
final class ForeignQemu implements AutoCloseable {
  static final String MEMFD =
      "memory-backend-memfd,id=pc.ram,size=32M,share=on,x-use-canonical-path-for-ramblock-id=off";
  static final List<String> SHARED_MACHINE =
      List.of("-machine", "pc-i440fx-7.2,memory-backend=pc.ram", "-object", MEMFD);

  final Path folder;
  final Path says;
  final Path qmp;
  private Process process;

  ForeignQemu(Path folder) {
    this.folder = folder;
    says = folder.resolve("says");
    qmp = folder.resolve("machine.qmp");
  }

  /** The config that describes it. */
  VmConfig config() throws IOException {
    return CountingGuest.config(folder, says);
  }

  /** Starts it with shared memory. */
  ForeignQemu start(String... more) throws IOException {
    return startAs(SHARED_MACHINE, more);
  }

  ForeignQemu startAs(List<String> machine, String... more) throws IOException {
    VmConfig config = config();
    List<String> command =
        new ArrayList<>(List.of("setpriv", "--pdeathsig", "KILL", "qemu-system-x86_64"));
    command.addAll(machine);
    command.addAll(List.of("-accel", "tcg", "-m", "32M", "-nodefaults", "-display", "none"));
    // As a node builds it: an emulated machine with one processor has room for another.
    if (!List.of(more).contains("-smp") && !machine.contains("-smp")) {
      command.addAll(List.of("-smp", "1,maxcpus=2"));
    }
    command.addAll(List.of("-kernel", config.boot().kernel().orElseThrow().toString()));
    command.addAll(List.of("-qmp", "unix:" + qmp + ",server=on,wait=off"));
    command.addAll(config.extraArguments());
    command.addAll(List.of(more));
    Path output = folder.resolve("output");
    Files.deleteIfExists(qmp);
    process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    return this;
  }

  boolean isAlive() {
    return process.isAlive();
  }

  String output() throws IOException {
    return Files.readString(folder.resolve("output"));
  }

  @Override
  public void close() {
    if (process != null) {
      process.destroyForcibly();
      process.onExit().join();
    }
  }
}
