package org.understudy.vm.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class QemuCommandLineTest {
  private static final VmPlace PLACE =
      new VmPlace(
          Path.of("/dev/shm/a,b.mem"),
          Path.of("/run/vm/qmp"),
          Map.of("root", Path.of("/run/vm/nbd")),
          Map.of("lan", "tap0"));

  @Test
  void shouldDescribeTheWholeMachine() {
    VmConfig config = full().build();
    assertThat(QemuCommandLine.running(config, PLACE))
        .containsExactly(
            "qemu-system-x86_64",
            "-name",
            "guest=web,debug-threads=on",
            "-no-user-config",
            "-nodefaults",
            "-display",
            "none",
            "-action",
            "shutdown=pause,panic=pause",
            "-machine",
            "pc-q35-7.2,memory-backend=pc.ram,suppress-vmdesc=on",
            "-accel",
            "kvm",
            "-cpu",
            "host",
            "-smp",
            "2",
            "-m",
            "size=268435456B",
            "-object",
            "memory-backend-file,id=pc.ram,size=268435456B,mem-path=/dev/shm/a,,b.mem,share=on,"
                + "x-use-canonical-path-for-ramblock-id=off",
            "-chardev",
            "socket,id=qmp,path=/run/vm/qmp,server=on,wait=off",
            "-mon",
            "chardev=qmp,mode=control",
            "-chardev",
            "socket,id=save,path=/run/vm/qmp-save,server=on,wait=off",
            "-mon",
            "chardev=save,mode=control",
            "-kernel",
            "/boot/vmlinuz",
            "-initrd",
            "/boot/initrd",
            "-append",
            "console=ttyS0",
            "-blockdev",
            "driver=nbd,node-name=disk-root,server.type=unix,server.path=/run/vm/nbd,export=root,"
                + "reconnect-delay=10,discard=unmap,read-only=off",
            "-device",
            "virtio-blk-pci,id=root,drive=disk-root",
            "-netdev",
            "tap,id=net-lan,ifname=tap0,script=no,downscript=no,vhost=off",
            "-device",
            "virtio-net-pci,id=lan,netdev=net-lan,mac=52:54:00:12:34:56,romfile=",
            "-serial",
            "none");
  }

  @Test
  void shouldTryStateOutOnAPrivateViewOfTheMemoryAndEmptyDisks() {
    VmConfig config = full().build();
    String running = String.join(" ", QemuCommandLine.running(config, PLACE));
    String trial = String.join(" ", QemuCommandLine.trial(config, PLACE, new long[] {4096}));
    assertThat(trial).endsWith("-incoming defer -S").doesNotContain("nbd");
    assertThat(
            trial
                .replace("share=off", "share=on")
                .replace(" -incoming defer -S", "")
                .replaceAll("-blockdev \\S+", "-blockdev"))
        .isEqualTo(running.replaceAll("-blockdev \\S+", "-blockdev"));
    assertThat(trial)
        .contains("driver=null-co,read-zeroes=on,node-name=disk-root,size=4096,read-only=off");
  }

  @Test
  void shouldLeaveOutVirtioOneOfDisksOnlyWhereThatIsAskedFor() {
    String legacy =
        String.join(" ", QemuCommandLine.running(full().legacyDisks(true).build(), PLACE));
    assertThat(legacy)
        .contains("drive=disk-root,disable-legacy=off,disable-modern=on ")
        .contains("romfile= ");
    assertThat(legacy.replace(",disable-legacy=off,disable-modern=on", ""))
        .isEqualTo(String.join(" ", QemuCommandLine.running(full().build(), PLACE)));
  }

  @Test
  void shouldLeaveOutVirtioOneOfInterfacesOnlyWhereThatIsAskedFor() {
    String legacy =
        String.join(" ", QemuCommandLine.running(full().legacyNics(true).build(), PLACE));
    assertThat(legacy)
        .contains("romfile=,disable-legacy=off,disable-modern=on ")
        .contains("drive=disk-root ");
  }

  /**
   * Before QEMU 8 an emulated machine without room for a second processor has no memory barriers:
   * its transmit queue stood still for good after some minutes of load.
   */
  @Test
  void shouldGiveAnEmulatedMachineWithOneProcessorRoomForAnother() {
    assertThat(smp(Accelerator.TCG, 1)).isEqualTo("1,maxcpus=2");
    assertThat(smp(Accelerator.TCG, 2)).isEqualTo("2");
    assertThat(smp(Accelerator.KVM, 1)).isEqualTo("1");
  }

  private static String smp(Accelerator accelerator, int cpus) {
    List<String> command =
        QemuCommandLine.running(full().accelerator(accelerator).cpus(cpus).build(), PLACE);
    return command.get(command.indexOf("-smp") + 1);
  }

  @Test
  void shouldNotifyDevicesWithoutDescriptorsOnlyWhereTheProcessorIsEmulated() {
    assertThat(QemuCommandLine.running(full().accelerator(Accelerator.TCG).build(), PLACE))
        .filteredOn(argument -> argument.startsWith("virtio-"))
        .hasSize(2)
        .allMatch(argument -> argument.endsWith(",ioeventfd=off"));
    assertThat(QemuCommandLine.running(full().accelerator(Accelerator.KVM).build(), PLACE))
        .noneMatch(argument -> argument.contains("ioeventfd"));
  }

  @Test
  void shouldWaitForDeviceStateWithTheSameMachine() {
    VmConfig config = full().build();
    List<String> waiting = QemuCommandLine.waiting(config, PLACE);
    List<String> running = QemuCommandLine.running(config, PLACE);
    assertThat(waiting.subList(0, running.size())).isEqualTo(running);
    assertThat(waiting.subList(running.size(), waiting.size()))
        .containsExactly("-incoming", "defer", "-S");
  }

  @Test
  void shouldNameTheDeviceThatHasNoPlace() {
    VmConfig config = full().build();
    VmPlace bare = new VmPlace(Path.of("/dev/shm/x"), Path.of("/run/vm/qmp"));
    assertThatThrownBy(() -> QemuCommandLine.running(config, bare))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("root");
  }

  @Test
  void shouldRefuseAnAcceleratorThatWasNotProbed() {
    VmConfig config = full().accelerator(Accelerator.AUTO).build();
    assertThatThrownBy(() -> QemuCommandLine.running(config, PLACE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("accelerator");
  }

  @ParameterizedTest
  @ValueSource(strings = {"pc", "q35", "pc-q35", "pc-q35-7.2,accel=kvm", ""})
  void shouldRefuseAMachineTypeWithoutVersion(String type) {
    assertThatThrownBy(() -> full().machineType(type).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("version");
  }

  @Test
  void shouldTryStateOutWithoutTheHostSidesOfTheMachineThatWaits() {
    VmConfig config =
        full()
            .extraArguments(
                "-chardev",
                "socket,id=con,path=/run/con,server=on,wait=off",
                "-serial",
                "chardev:con",
                "-serial",
                "file:/tmp/log",
                "-vnc",
                ":1")
            .build();
    assertThat(QemuCommandLine.trial(config, PLACE, new long[] {4096}))
        .containsSubsequence(
            "-chardev", "null,id=con", "-serial", "chardev:con", "-serial", "null", "-incoming")
        .doesNotContain("-vnc", "file:/tmp/log");
    assertThat(QemuCommandLine.waiting(config, PLACE)).contains("-vnc", "file:/tmp/log");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1st", "a,b", "a b", "a=b", "abcdefghijklmnopqrstuvwxyz0123456789"})
  void shouldRefuseNamesThatWouldBeReadAsOptions(String id) {
    assertThatThrownBy(() -> full().disk(id, false)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void shouldRefuseImpossibleSettings() {
    assertThatThrownBy(() -> full().cpus(0).build()).hasMessageContaining("cpus");
    assertThatThrownBy(() -> full().memoryBytes(4096).build()).hasMessageContaining("memory");
    assertThatThrownBy(() -> full().disk("root", true).build()).hasMessageContaining("root");
    assertThatThrownBy(() -> full().nic("dmz", "01:00:5e:00:00:01")).hasMessageContaining("01:00");
    assertThatThrownBy(() -> new VmBoot(Optional.empty(), Optional.empty(), "quiet"))
        .hasMessageContaining("kernel");
  }

  private static VmConfig.Builder full() {
    return VmConfig.named("web")
        .machineType("pc-q35-7.2")
        .accelerator(Accelerator.KVM)
        .cpuModel("host")
        .cpus(2)
        .memoryBytes(256L << 20)
        .disk("root", false)
        .nic("lan", "52:54:00:12:34:56")
        .boot(
            new VmBoot(
                Optional.of(Path.of("/boot/vmlinuz")),
                Optional.of(Path.of("/boot/initrd")),
                "console=ttyS0"))
        .extraArguments("-serial", "none");
  }
}
