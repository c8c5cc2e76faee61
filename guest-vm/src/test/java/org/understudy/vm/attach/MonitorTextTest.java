package org.understudy.vm.attach;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MonitorTextTest {
  @Test
  void shouldReadBlocks() {
    String text =
        """
                      Block Name    PSize              Offset               Used              Total
                          pc.ram    4 KiB  0x0000000000000000 0x0000000004000000 0x0000000004000000
            /rom@etc/acpi/tables    4 KiB  0x0000000004080000 0x0000000000020000 0x0000000000200000
                    /objects/mem    2 MiB  0x0000000004080000 0x0000000000020000 0x0000000000100000
        """;
    assertThat(MonitorText.blocks(text.replace("\n", "\r\n")))
        .containsExactly(
            new MachineShape.Block("pc.ram", 64 << 20),
            new MachineShape.Block("/rom@etc/acpi/tables", 2 << 20),
            new MachineShape.Block("/objects/mem", 1 << 20));
  }

  @Test
  void shouldReadHostSidesWithTheAddressOfTheirInterface() {
    String text =
        """
        virtio-net-pci.0: index=0,type=nic,model=virtio-net-pci,macaddr=52:54:00:AB:34:56
         \\ lan: index=0,type=tap,ifname=tap0,script=no,downscript=no
        filters:
          - us-hold-lan: type=filter-redirector,queue=rx
        net1: index=0,type=nic,model=virtio-net-pci,macaddr=52:54:00:12:34:57
         \\ wide: index=0,type=tap,fd=7
        net1: index=1,type=nic,model=virtio-net-pci,macaddr=52:54:00:12:34:57
         \\ wide: index=1,type=tap,fd=8
        alone: index=0,type=user,net=10.0.2.0,restrict=off
        """;
    assertThat(MonitorText.netdevs(text.replace("\n", "\r\n")))
        .containsExactly(
            new AttachFacts.Netdev("lan", "tap", 1, "52:54:00:ab:34:56"),
            new AttachFacts.Netdev("wide", "tap", 2, "52:54:00:12:34:57"),
            new AttachFacts.Netdev("alone", "user", 1, ""));
  }
}
