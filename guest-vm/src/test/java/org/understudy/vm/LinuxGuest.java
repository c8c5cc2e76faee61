package org.understudy.vm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.understudy.vm.qemu.VmBoot;

/** The project's small Linux guest, for tests that need a real kernel's drivers. */
public final class LinuxGuest {
  private static final String PROPERTY = "understudy.guest.image";
  private static final int UNAVAILABLE = 3;

  private LinuxGuest() {}

  /** Builds it where it is not built yet; skips the test, with the reason, where that cannot be. */
  public static VmBoot boot(String orders) throws IOException, InterruptedException {
    Path image = image();
    String append = Files.readString(image.resolve("append")).trim() + " " + orders;
    return new VmBoot(
        Optional.of(image.resolve("kernel")), Optional.of(image.resolve("initrd")), append);
  }

  private static synchronized Path image() throws IOException, InterruptedException {
    String given = System.getProperty(PROPERTY);
    if (given != null) {
      return Path.of(given).toAbsolutePath();
    }
    Path script = Path.of("..", "build", "guest-image");
    Assumptions.assumeTrue(Files.isExecutable(script), "build/guest-image is missing");
    Path image = Path.of("target", "guest-image").toAbsolutePath();
    Process process =
        new ProcessBuilder(script.toString(), image.toString()).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    Assumptions.assumeTrue(process.waitFor() != UNAVAILABLE, output);
    assertThat(process.exitValue()).as(output).isZero();
    return image;
  }
}
