package org.understudy.node.role;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.understudy.host.schedule.Processors;
import org.understudy.node.config.ConfigError;
import org.understudy.node.config.ConfigLoader;
import org.understudy.node.config.NodeConfig;

class VmPinsTest {
  private static final String VM =
      """
      node { name = a, role = primary, directory = /tmp/a }
      self { replication = "127.0.0.1:1001", monitor = "127.0.0.1:1002" }
      peer { replication = "127.0.0.1:2001", monitor = "127.0.0.1:2002" }
      arbiter.dir = /tmp/arbiter
      guest.type = vm
      """;
  private static final BitSet HOST = Processors.listed(List.of(0, 1, 2, 3));

  private static NodeConfig.Vm vm(String pins, int cpus) {
    return ConfigLoader.parse(VM + "vm { cpus = " + cpus + ", pins = " + pins + " }").vm();
  }

  @Test
  void shouldTakeOneForEachProcessorOrNone() {
    assertThat(VmKit.pins(vm("[3, 1]", 2), HOST)).containsExactly(3, 1);
    assertThat(VmKit.pins(vm("[]", 2), HOST)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[4] | 1 | 4 is no processor of this host",
        "[-1] | 1 | -1 is no processor of this host",
        "[1, 1] | 2 | there twice",
        "[1] | 2 | the guest has 2",
        "[0, 1, 2, 3] | 4 | leave at least one"
      })
  void shouldRefuseWhatCannotBe(String pins, int cpus, String reason) {
    assertThatThrownBy(() -> VmKit.pins(vm(pins, cpus), HOST))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("vm.pins")
        .hasMessageContaining(reason);
  }

  @Test
  void shouldRefuseWhatIsNoNumber() {
    assertThatThrownBy(() -> vm("[last]", 1))
        .isInstanceOf(ConfigError.class)
        .hasMessageContaining("vm.pins");
  }
}
