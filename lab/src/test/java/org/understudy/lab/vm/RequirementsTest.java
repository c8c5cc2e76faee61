package org.understudy.lab.vm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RequirementsTest {
  @Test
  void shouldMissNothingWhenAllIsThere() {
    assertThat(new Requirements(true, program -> true, path -> true).missing()).isEmpty();
  }

  @Test
  void shouldNameOneInstallLineForAllMissingPrograms() {
    Requirements requirements =
        new Requirements(true, program -> program.equals("setpriv"), path -> true);

    assertThat(requirements.missing()).containsExactly("qemu-system-x86_64", "ip");
    assertThat(requirements.text())
        .contains("apt-get install --no-install-recommends qemu-system-x86 iproute2");
  }

  @Test
  void shouldSayWhatToDoWithoutRootAndTun() {
    Requirements requirements = new Requirements(false, program -> true, path -> false);

    assertThat(requirements.missing()).containsExactly("root", "/dev/net/tun");
    assertThat(requirements.text()).contains("sudo").contains("modprobe tun");
  }
}
