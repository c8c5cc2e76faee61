package org.understudy.node.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.understudy.node.program.ExitCode;

class ConfigLoaderTest {
  private static final String MINIMAL =
      """
      node { name = a, role = primary, directory = /tmp/a }
      self { replication = "127.0.0.1:1001", monitor = "127.0.0.1:1002", front = "127.0.0.1:1003" }
      peer { replication = "127.0.0.1:2001", monitor = "127.0.0.1:2002", front = "127.0.0.1:2003" }
      arbiter.dir = /tmp/arbiter
      """;

  private static NodeConfig parse(String more) {
    return ConfigLoader.parse(MINIMAL + more);
  }

  @Test
  void shouldTakeRelativePathsFromWhereTheyStand(@TempDir Path directory) throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("a.conf"),
            MINIMAL
                .replace("/tmp/a }", "run/a }")
                .replace("arbiter.dir = /tmp/arbiter", "arbiter.dir = \"../arbiter\""));
    NodeConfig ofFile = ConfigLoader.load(file, List.of());
    assertThat(ofFile.node().directory()).isEqualTo(directory.resolve("run/a"));
    assertThat(ofFile.arbiter().directory()).isEqualTo(directory.getParent().resolve("arbiter"));
    NodeConfig set = ConfigLoader.load(file, List.of("arbiter.dir=here"));
    assertThat(set.arbiter().directory()).isEqualTo(Path.of("here").toAbsolutePath());

    Files.writeString(
        file,
        """
        guest.type = vm
        vm.kernel = boot/kernel
        vm.attach = "a.qmp"
        vm.disks = [{ id = root, file = root.raw }]
        """,
        StandardOpenOption.APPEND);
    NodeConfig.Vm vm = ConfigLoader.load(file, List.of("vm.kernel=kernel")).vm();
    assertThat(vm.disks().getFirst().file()).isEqualTo(directory.resolve("root.raw"));
    assertThat(vm.attach()).isEqualTo(directory.resolve("a.qmp").toString());
    assertThat(vm.kernel()).isEqualTo(Path.of("kernel").toAbsolutePath().toString());
    assertThat(vm.initrd()).isEmpty();
  }

  @Test
  void shouldUseDefaultsWhenOnlyRequiredKeysAreGiven() {
    NodeConfig config = ConfigLoader.parse(MINIMAL.replace(" role = primary,", ""));
    assertThat(config.node().role()).isEqualTo(NodeConfig.Role.AUTO);
    assertThat(config.node().unprotectedReminderNs()).isEqualTo(600_000_000_000L);
    assertThat(config.guest().memoryBytes()).isEqualTo(256L << 20);
    assertThat(config.preset()).isEqualTo(Preset.UNDERSTUDY);
    assertThat(config.epoch())
        .isEqualTo(new NodeConfig.Epoch(EpochMode.ADAPTIVE, 200_000, 50_000_000, 25_000_000, 2, 8));
    assertThat(config.detect().timeoutNs()).isEqualTo(1_000_000_000L);
    assertThat(config.wire().mtuBytes()).isEqualTo(NodeConfig.AUTO);
    assertThat(config.wire().sealed()).isTrue();
  }

  @Test
  void shouldGiveTheSameConfigurationWhenItsDescriptionIsParsed() {
    NodeConfig config = parse("preset = fgbi, aeron.mtu = 8 KiB, limits.shadow = 32 MiB");
    assertThat(ConfigLoader.parse(String.join("\n", config.describe()))).isEqualTo(config);
  }

  @Test
  void shouldUseThePresetsEpochModeWhenModeIsAuto() {
    assertThat(parse("preset = remus").epoch().mode()).isEqualTo(EpochMode.FIXED);
    assertThat(parse("preset = remus, epoch.mode = adaptive").epoch().mode())
        .isEqualTo(EpochMode.ADAPTIVE);
  }

  @Test
  void shouldPreferOverridesWhenGiven(@TempDir Path directory) throws IOException {
    Path file = Files.writeString(directory.resolve("a.conf"), MINIMAL + "epoch.max = 10 ms");
    NodeConfig config = ConfigLoader.load(file, List.of("epoch.max=20ms", "wire.sealed=false"));
    assertThat(config.epoch().maxNs()).isEqualTo(20_000_000);
    assertThat(config.wire().sealed()).isFalse();
    assertThatThrownBy(() -> ConfigLoader.load(file, List.of("epoch.max")))
        .hasMessageContaining("KEY=VALUE");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "epoch.maximum = 1 s | unknown key 'epoch.maximum': did you mean 'epoch.max'",
        "Preset = remus | did you mean 'preset'",
        "epoch = 5 ms | it is a group; its keys are epoch.inFlight",
        "preset = xen | preset 'xen' is unknown: use one of remus, remus-xor",
        "epoch.max = 10 | epoch.max = 10 must be a duration with its unit",
        "guest.memory = 4096 | must be a size with its unit",
        "guest.memory = 5000 B | must be a multiple of 4096",
        "epoch.max = fast | epoch.max = fast must be a duration",
        "epoch.inFlight = 99 | epoch.inFlight = 99 must be 1 to 16",
        "epoch.pausePercent = 0 | epoch.pausePercent = 0 must be 1 to 100",
        "guest.memory = 100000 GiB | guest.memory = 100000 GiB must be at most 8 TiB - 4 KiB",
        "epoch.inFlight = two | epoch.inFlight = two must be a whole number",
        "epoch { min = 10 ms, max = 2 ms } | epoch.min = 10 ms must be at most epoch.max = 2 ms",
        "detect.timeout = 100 ms | detect.timeout = 100 ms must be at least 4 times",
        "detect.primaryTimeout = 1 s | detect.primaryTimeout = 1 s must be longer than",
        "commit.timeout = 1 s | must be at most commit.timeout = 1 s",
        "wire.keys = [a, b, c] | must name 2 files at most",
        "wire.keys = a.key | wire.keys = a.key must be a list of texts",
        "self.front = 6379 | write host:port",
        "self.front = \"127.0.0.1:1002\" | self.front = 127.0.0.1:1002 is the same as self.monitor",
        "arbiter.kind = raft | arbiter.kind = raft is unknown",
        "guest.tracker = magic | guest.tracker = magic is unknown: use one of [auto, barrier",
        "guest.tracker = softdirty | guest.tracker = softdirty is for virtual machines",
        "guest { type = vm, tracker = barrier } | guest.tracker = barrier is for services",
        "node.name = \"a b\" | node name 'a b' must be",
        "node.directory = \"(required)\" | node.directory is missing",
        "node.role = owner | node.role = owner is unknown: use one of [primary, backup, auto",
        "aeron.termLength = 5 MiB | must be a power of two",
        "aeron.window = 3 MiB | must be at most half of aeron.termLength = 4 MiB",
        "wire.sealed = maybe | wire.sealed = maybe must be true or false",
        "guest.type = vm, vm.extra = [-drive, \"file=x.qcow2,if=virtio\"] | vm.extra: -drive file=x",
        "guest.type = vm, vm.extra = [-device, virtio-balloon] | vm.extra: -device virtio-balloon",
        "guest.type = vm, vm.extra = [-netdev, \"user,id=n\"] | use vm.nics instead",
        "guest.type = vm, vm.extra = [-virtfs, local] | vm.extra: -virtfs local: a folder",
        "guest.type = vm, vm.machine = pc | vm.machine: the type 'pc' has no version",
        "guest.type = vm, vm.cpus = 0 | vm.cpus = 0 must be 1 to 255",
        "guest.type = vm, vm.append = quiet | vm.initrd and vm.append need vm.kernel",
        "guest.type = vm, vm.nics = [{id = a, mac = x, bridge = b}] | vm.nics: 'x' is not the address",
        "guest.type = vm, vm.disks = [{id = a, file = x}, {id = a, file = y}] | are named 'a'",
        "guest.type = vm, vm.disks = [{id = a, file = x}, {id = b, file = x}] | each disk has its own",
        "epoch { | expecting",
      })
  void shouldNameKeyAndRemedyWhenASettingIsBad(String text, String message) {
    assertThatThrownBy(() -> parse(text))
        .isInstanceOfSatisfying(
            ConfigError.class,
            e -> assertThat(e.exitCode()).isEqualTo(ExitCode.CONFIGURATION_INVALID))
        .message()
        .containsIgnoringCase(message.strip());
  }

  @Test
  void shouldAllowOtherAddressesThanLoopback() {
    NodeConfig config = parse("self.front = \"10.0.0.1:99\"");
    assertThat(config.self().front().address().getPort()).isEqualTo(99);
  }

  @Test
  void shouldTakePathsTextsAndEndpointsOfTheCommandLineAsTheyAre() throws IOException {
    Path file = Files.writeString(Files.createTempFile("understudy", ".conf"), SETTABLE);
    try {
      NodeConfig config =
          ConfigLoader.load(
              file,
              List.of(
                  "node.directory=/x//o/y#z",
                  "arbiter.dir=/arb#2",
                  "self.front=127.0.0.1:7999",
                  "node.pair=a-pair",
                  "vm.append=console=ttyS0 quiet ${x}",
                  "epoch.max = 20ms",
                  "epoch.inFlight=3",
                  "wire.sealed=false",
                  "limits.shadow=auto",
                  "vm.extra=[\"-m\", \"1\"]",
                  "vm.pins=[]",
                  "self.monitor=\"127.0.0.1:7998\""));
      assertThat(config.node().directory()).isEqualTo(Path.of("/x/o/y#z"));
      assertThat(config.arbiter().directory()).isEqualTo(Path.of("/arb#2"));
      assertThat(config.self().front()).hasToString("127.0.0.1:7999");
      assertThat(config.self().monitor()).hasToString("127.0.0.1:7998");
      assertThat(config.node().pair()).isEqualTo("a-pair");
      assertThat(config.vm().append()).isEqualTo("console=ttyS0 quiet ${x}");
      assertThat(config.vm().extra()).containsExactly("-m", "1");
      assertThat(config.epoch().maxNs()).isEqualTo(20_000_000);
      assertThat(config.epoch().inFlight()).isEqualTo(3);
      assertThat(config.wire().sealed()).isFalse();
    } finally {
      Files.delete(file);
    }
  }

  private static final String SETTABLE =
      """
      node { name = a, role = primary, directory = /tmp/a }
      self { replication = "127.0.0.1:4", monitor = "127.0.0.1:5", front = "127.0.0.1:6" }
      peer { replication = "127.0.0.1:1", monitor = "127.0.0.1:2", front = "127.0.0.1:3" }
      arbiter.dir = /tmp/arbiter
      """;

  private static final String SHARED =
      """
      arbiter.dir = /tmp/arbiter
      wire.sealed = false
      epoch.max = 10 ms
      nodes {
        a { replication = "10.0.0.1:1", monitor = "10.0.0.1:2", front = "10.0.0.1:3" }
        b { replication = "10.0.0.2:1", monitor = "10.0.0.2:2", front = "10.0.0.2:3" }
        a.node.directory = /tmp/a
        b { node.directory = run/b, epoch.max = 20 ms }
      }
      """;

  @Test
  void shouldReadOneFileForBothNodes(@TempDir Path directory) throws IOException {
    Files.writeString(directory.resolve("pair.conf"), SHARED);
    Path file = Files.writeString(directory.resolve("b.conf"), "include \"pair.conf\"\nself = b\n");
    NodeConfig b = ConfigLoader.load(file, List.of());
    assertThat(b.node().name()).isEqualTo("b");
    assertThat(b.node().role()).isEqualTo(NodeConfig.Role.AUTO);
    assertThat(b.node().directory()).isEqualTo(directory.resolve("run/b"));
    assertThat(b.self().front()).hasToString("10.0.0.2:3");
    assertThat(b.peer().monitor()).hasToString("10.0.0.1:2");
    assertThat(b.epoch().maxNs()).as("its own").isEqualTo(20_000_000);

    NodeConfig a = ConfigLoader.load(file, List.of("self=a", "self.front=10.0.0.1:4"));
    assertThat(a.node().name()).isEqualTo("a");
    assertThat(a.self().front()).hasToString("10.0.0.1:4");
    assertThat(a.peer()).isEqualTo(b.self());
    assertThat(a.epoch().maxNs()).isEqualTo(10_000_000);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | self must be the name of the node that this one is, one of [a, b]",
        "self = c | one of [a, b], and not c",
        "self.front = x | self must be the name of the node",
        "self = a, peer.front = x | peer says nothing beside nodes",
        "self = a, nodes.c.front = x | a pair has two nodes",
        "self = a, nodes = 3 | nodes must be a group",
        "self = a, nodes.b = 3 | nodes.b must be a group",
        "self = a, nodes.b.epochs.max = 3 ms | unknown key 'epochs.max'",
        "self = a, nodes.a.frontt = x | unknown key 'frontt'"
      })
  void shouldSayWhatIsWrongWithAFileForBoth(String more, String message) {
    assertThatThrownBy(() -> ConfigLoader.parse(SHARED + more))
        .isInstanceOf(ConfigError.class)
        .hasMessageContaining(message);
  }
}
