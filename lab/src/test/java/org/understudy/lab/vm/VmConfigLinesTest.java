package org.understudy.lab.vm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.understudy.lab.pair.PairLayout;
import org.understudy.lab.pair.PairLayout.Place;
import org.understudy.lab.pair.PairSettings;
import org.understudy.node.config.ConfigLoader;
import org.understudy.node.config.NodeConfig;

class VmConfigLinesTest {
  private static final VmDemoOptions.Clients CLIENTS = new VmDemoOptions.Clients(1, 0, 1);

  @TempDir private Path directory;

  private NodeConfig load(Place place, long diskBytes, List<String> settings) throws IOException {
    VmDemoOptions options =
        new VmDemoOptions(1, 0, 256L << 20, diskBytes, "tcg", 1, CLIENTS, true, settings);
    GuestImage image =
        new GuestImage(directory.resolve("kernel"), directory.resolve("initrd"), "quiet");
    List<String> lines = VmConfigLines.of(options, image, directory);
    PairLayout pair =
        new PairLayout(
            directory,
            new PairSettings(VmPair.PRESET, options.memoryBytes(), lines),
            VmLayout.address(Place.A),
            VmLayout.address(Place.B));
    return ConfigLoader.load(pair.write(place, NodeConfig.Role.PRIMARY), List.of());
  }

  @Test
  void shouldDescribeTheSameMachineToBothNodesWithADiskOfTheirOwn() throws IOException {
    NodeConfig.Vm a = load(Place.A, 1 << 20, List.of()).vm();
    NodeConfig.Vm b = load(Place.B, 1 << 20, List.of()).vm();

    assertThat(a.append()).isEqualTo("quiet us.ip=10.77.0.50/24 us.disk=1");
    assertThat(a.nics()).singleElement().extracting("bridge").isEqualTo("br0");
    assertThat(a.extra()).isEqualTo(b.extra()).hasSize(4);
    assertThat(a.disks().getFirst().file()).isEqualTo(directory.resolve("a/disk.raw"));
    assertThat(b.disks().getFirst().file()).isEqualTo(directory.resolve("b/disk.raw"));
  }

  @Test
  void shouldLeaveTheDiskOutAndTakeFurtherSettings() throws IOException {
    NodeConfig config = load(Place.A, 0, List.of("vm.cpus = 2"));

    assertThat(config.guest().isVm()).isTrue();
    assertThat(config.vm().disks()).isEmpty();
    assertThat(config.vm().append()).doesNotContain("us.disk");
    assertThat(config.vm().cpus()).isEqualTo(2);
  }
}
