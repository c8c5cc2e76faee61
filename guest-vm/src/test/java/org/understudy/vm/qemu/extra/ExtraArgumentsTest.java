package org.understudy.vm.qemu.extra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.vm.disk.Seeds;

final class ExtraArgumentsTest {
  private static final int SPELLINGS = 20_000;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-drive file=x.qcow2,if=virtio,format=qcow2",
        "-drive file=x.img,media=cdrom,read-only=off",
        "-drive file=x.img,readonly=on,file.read-only=off",
        "-drive file=x.img,readonly=on,noreadonly",
        "-drive file=x.img,readonly=on,snapshot=on",
        "-drive file=x.iso,readonly=on,cache=none",
        "-drive file=x.iso,readonly=on,cache.direct=on",
        "-drive file=fat:rw:/srv,readonly=on",
        "-drive file=fat:/srv,readonly=on",
        "-drive file=nvme://0000:01:00.0/1,readonly=on",
        "-drive file=/dev/sr0,media=cdrom",
        "-drive file=json:{\"driver\":\"vvfat\"},readonly=on",
        "-drive if=pflash,format=raw,file=OVMF_VARS.fd",
        "-blockdev driver=qcow2,node-name=x,file.driver=file,file.filename=x.qcow2",
        "-blockdev {\"driver\":\"file\",\"node-name\":\"x\",\"filename\":\"x.img\"}",
        "-blockdev {\"driver\":\"raw\",\"node-name\":\"x\",\"read-only\":true,\"file\":{\"driver\":\"nvme\"}}",
        "-blockdev driver=file,node-name=x,filename=x,auto-read-only=on",
        "-hda x.img",
        "--hdd x.img",
        "-fda x.img",
        "-sd x.img",
        "-mtdblock x.img",
        "-pflash x.fd",
        "-cdrom /dev/cdrom",
        "-netdev user,id=n1",
        "-netdev {\"type\":\"user\",\"id\":\"n1\"}",
        "-nic user",
        "-net nic",
        "-virtfs local,path=/srv,mount_tag=t,security_model=none",
        "-fsdev local,id=f,path=/srv,security_model=none",
        "-device virtio-9p-pci,fsdev=f,mount_tag=t",
        "-device vhost-user-fs-pci,chardev=c,tag=t",
        "-device virtio-balloon",
        "-device free-page-reporting=on,driver=virtio-balloon-pci",
        "-device {\"driver\":\"virtio-mem-pci\",\"id\":\"m\"}",
        "-device vfio-pci,host=1",
        "-device usb-host",
        "-device scsi-block,drive=x",
        "-device tpm-tis,tpmdev=t",
        "-usbdevice host:1",
        "-object memory-backend-ram,id=m,size=1M",
        "-object qom-type=filter-dump,id=f,netdev=net-lan,file=x",
        "-object {\"qom-type\":\"memory-backend-file\",\"id\":\"m\"}",
        "-object sev-guest,id=s",
        "-object some-thing-new,id=s",
        "-tpmdev emulator,id=t,chardev=c",
        "-incoming defer",
        "-monitor stdio",
        "-qmp unix:/q,server=on,wait=off",
        "-mon chardev=c",
        "-gdb tcp::1234",
        "-s",
        "-S",
        "-m 4G",
        "--machine pc",
        "-daemonize",
        "-snapshot",
        "-nographic",
        "-readconfig f",
        "-set drive.x.readonly=off",
        "-global migration.x-ignore-shared=off",
        "-global driver=migration,property=multifd,value=on",
        "-some-option-of-qemu-12 x",
        "x.img",
        "-serial mon:stdio",
        "-serial /dev/ttyS0",
        "-serial unix:/run/con,server",
        "-chardev socket,id=c,path=/run/con,server=on",
        "-chardev tty,id=c,path=/dev/ttyS0",
        "-display gtk",
        "-spice gl=on,unix=on,addr=/s",
        "-device {\"driver\"",
        "-device"
      })
  void shouldRefuseByOptionValueAndRemedy(String line) {
    List<String> arguments = List.of(line.split(" ", 2));
    assertThatThrownBy(() -> ExtraArguments.of(arguments))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("vm.extra: ")
        .hasMessageContaining(arguments.getLast())
        .hasMessageMatching("(?s).*: .*(: |,).+");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "-drive file=x.iso,if=virtio,format=raw,readonly=on | vm.disks",
        "-drive file=x.iso,media=cdrom | vm.disks",
        "-drive if=pflash,format=raw,readonly=on,file=OVMF_CODE.fd | -bios",
      })
  void shouldTakeTheSameImageOnceItIsReadOnly(String line, String remedy) {
    List<String> arguments = List.of(line.split(" ", 2));
    assertThat(ExtraArguments.of(arguments).words()).isEqualTo(arguments);
    String writable = arguments.getLast().replaceAll(",(readonly=on|media=cdrom)", "");
    assertThatThrownBy(() -> ExtraArguments.of(List.of(arguments.getFirst(), writable)))
        .hasMessageContaining(writable)
        .hasMessageContaining(remedy)
        .hasMessageContaining("readonly=on");
  }

  @Test
  void shouldTakeWhatCanBeProtected() {
    List<String> arguments =
        List.of(
            "-cdrom",
            "/srv/debian.iso",
            "-bios",
            "/usr/share/ovmf/OVMF.fd",
            "-device",
            "virtio-rng-pci,rng=r",
            "-object",
            "rng-random,id=r,filename=/dev/urandom",
            "-object",
            "iothread,id=t",
            "-chardev",
            "socket,id=c,path=/run/a,,b,server=on,wait=off",
            "-serial",
            "chardev:c",
            "-serial",
            "telnet:127.0.0.1:4000,server,nowait",
            "-device",
            "virtio-vga",
            "-vnc",
            "127.0.0.1:1",
            "-uuid",
            "5b1c4b6e-5bfb-4a29-9d3e-6c93a1d8b1a3",
            "-global",
            "migration.send-switchover-start=off",
            "-monitor",
            "none",
            "-nic",
            "none",
            "-usb");
    assertThat(ExtraArguments.of(arguments).words()).isEqualTo(arguments);
  }

  @Test
  void shouldAskBothNodesForTheSameMachineButNotForTheSameHostSides() {
    ExtraArguments a =
        ExtraArguments.of(
            List.of("-chardev", "socket,path=/a,server=on,wait=off,id=c", "-serial", "chardev:c"));
    ExtraArguments b =
        ExtraArguments.of(List.of("-chardev", "file,id=c,path=/b", "-serial", "chardev:c"));
    assertThat(a.machineWords()).isEqualTo(b.machineWords()).contains("chardev:c");
    assertThat(ExtraArguments.of(List.of("-device", "pvpanic")).machineWords())
        .containsExactly("-device", "pvpanic");
    assertThat(ExtraArguments.of(List.of("-serial", "file:/a")).machineWords())
        .isEqualTo(ExtraArguments.of(List.of("-serial", "pty")).machineWords())
        .isNotEqualTo(ExtraArguments.of(List.of("-serial", "none")).machineWords());
  }

  /** However it is spelled, an image is taken exactly if it is read-only. */
  @Test
  void shouldSeeThroughEachSpellingOfAnImage() {
    long seed = Seeds.next(ExtraArgumentsTest.class);
    Random random = new Random(seed);
    Spelling spelling = new Spelling(random);
    for (int i = 0; i < SPELLINGS; i++) {
      boolean isReadOnly = random.nextBoolean();
      List<String> arguments =
          random.nextBoolean() ? drive(spelling, isReadOnly) : blockdev(spelling, isReadOnly);
      assertThat(isTaken(arguments)).as("seed %d: %s", seed, arguments).isEqualTo(isReadOnly);
    }
  }

  private static List<String> drive(Spelling spelling, boolean isReadOnly) {
    Map<String, String> pairs = new TreeMap<>();
    pairs.put("file", spelling.pick("/srv/x.img", "a,b.img", "x=y,readonly=on", "on", "/srv/a:b"));
    pairs.put(spelling.pick("if", "unit", "cache", "serial"), "unsafe");
    pairs.put("format", spelling.pick("raw", "qcow2"));
    if (isReadOnly) {
      pairs.put(spelling.pick("readonly", "read-only"), spelling.on());
    } else if (spelling.pick("a", "b").equals("a")) {
      pairs.put(spelling.pick("readonly", "read-only"), spelling.off());
    }
    return List.of(spelling.dashed("drive"), spelling.value(pairs, "", false));
  }

  private static List<String> blockdev(Spelling spelling, boolean isReadOnly) {
    Map<String, String> pairs = new TreeMap<>();
    pairs.put("driver", spelling.pick("raw", "qcow2", "vmdk"));
    pairs.put("node-name", "x");
    pairs.put("file.driver", "file");
    pairs.put("file.filename", spelling.pick("/srv/x.img", "a,b.img", "x=y,read-only=on"));
    if (isReadOnly) {
      pairs.put("read-only", spelling.pick("on", "true"));
    } else {
      pairs.put(spelling.pick("auto-read-only", "force-share", "file.read-only"), "true");
    }
    return List.of(spelling.dashed("blockdev"), spelling.value(pairs, "driver", true));
  }

  /** However it is spelled, a device that cannot be protected is refused, and another is taken. */
  @Test
  void shouldSeeThroughEachSpellingOfADevice() {
    long seed = Seeds.next(ExtraArgumentsTest.class);
    Random random = new Random(seed);
    Spelling spelling = new Spelling(random);
    for (int i = 0; i < SPELLINGS; i++) {
      boolean isFine = random.nextBoolean();
      Map<String, String> pairs = new TreeMap<>();
      pairs.put(
          "driver",
          isFine
              ? spelling.pick("virtio-rng-pci", "virtio-blk-pci", "pvpanic", "VGA", "usb-tablet")
              : spelling.pick(
                  "virtio-balloon",
                  "virtio-balloon-pci-non-transitional",
                  "virtio-mem-pci",
                  "vfio-pci-nohotplug",
                  "vhost-vsock-pci",
                  "virtio-9p-pci",
                  "ivshmem-doorbell",
                  "usb-mtp",
                  "nvdimm",
                  "virtio-vga-gl"));
      pairs.put("id", spelling.pick("x", "virtio-balloon", "vfio-pci"));
      pairs.put(spelling.pick("serial", "bus"), spelling.pick("a,driver=vfio-pci", "a=b", "c"));
      List<String> arguments =
          List.of(spelling.dashed("device"), spelling.value(pairs, "driver", true));
      assertThat(isTaken(arguments)).as("seed %d: %s", seed, arguments).isEqualTo(isFine);
    }
  }

  private static boolean isTaken(List<String> arguments) {
    try {
      ExtraArguments.of(arguments);
      return true;
    } catch (IllegalArgumentException e) {
      assertThat(e).hasMessageContaining(arguments.getLast());
      return false;
    }
  }
}
