package org.understudy.node.role;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import org.junit.jupiter.api.Test;
import org.understudy.vm.guest.VmGuestFactory;

class ClassWarmUpTest {
  @Test
  void shouldFindEveryClassInADirectoryOrAnArchive() {
    int own = ClassWarmUp.load(ClassWarmUp.class);
    int machines = ClassWarmUp.load(VmGuestFactory.class);
    assertThat(own).isGreaterThan(100);
    assertThat(machines).isGreaterThan(100);
    assertThat(ClassWarmUp.load(JsonFactory.class)).as("of an archive").isGreaterThan(100);
  }
}
