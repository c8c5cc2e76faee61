package org.understudy.vm.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.understudy.vm.CountingGuest;

@Timeout(600)
final class AcceleratorProbeTest {
  private static final String PROGRAM = "qemu-system-x86_64";

  @TempDir Path folder;

  @BeforeEach
  void needQemu() {
    CountingGuest.assumeQemu();
  }

  @Test
  void shouldFindOneThatWorks() throws Exception {
    AcceleratorProbe.Finding finding = AcceleratorProbe.best(PROGRAM, folder);
    System.out.println(finding);
    assertThat(finding.works()).as(finding.reason()).isTrue();
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void shouldFindThatTheTranslatorWorks() {
    AcceleratorProbe.Finding finding =
        AcceleratorProbe.tryOut(PROGRAM, Accelerator.TCG, folder, CountingGuest.TIMEOUT_NS);
    assertThat(finding.works()).as(finding.reason()).isTrue();
  }

  @Test
  void shouldNotTakeAGuestThatHangsForOneThatRuns() throws Exception {
    Path hangs = folder.resolve("hangs");
    Files.writeString(hangs, "#!/bin/sh\nexec sleep 1000\n");
    Files.setPosixFilePermissions(hangs, PosixFilePermissions.fromString("rwxr-xr-x"));
    AcceleratorProbe.Finding finding =
        AcceleratorProbe.tryOut(hangs.toString(), Accelerator.KVM, folder, 100_000_000);
    assertThat(finding.works()).isFalse();
    assertThat(finding.reason()).contains("did not run within 100 ms");
  }

  @Test
  void shouldSayWhyQemuEnded() throws Exception {
    Path refuses = folder.resolve("refuses");
    Files.writeString(refuses, "#!/bin/sh\necho no such accelerator >&2\nexit 1\n");
    Files.setPosixFilePermissions(refuses, PosixFilePermissions.fromString("rwxr-xr-x"));
    AcceleratorProbe.Finding finding =
        AcceleratorProbe.tryOut(
            refuses.toString(), Accelerator.KVM, folder, CountingGuest.TIMEOUT_NS);
    assertThat(finding.works()).isFalse();
    assertThat(finding.reason()).contains("no such accelerator");
  }
}
