package org.understudy.node.run;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import org.understudy.node.program.ExitCode;
import org.understudy.node.program.UserError;
import org.understudy.protocol.link.LinkConfiguration;
import org.understudy.service.front.Descriptors;

/**
 * What host, container and JVM give a node.
 *
 * @param memory that can still be had
 * @param sharedBytes free in {@code /dev/shm}
 * @param directBytes what the JVM lets buffers outside of its heap take together
 * @param descriptors that this process may have open
 * @param diskBytes free where the node's directory is
 */
public record Resources(
    HostMemory memory, long sharedBytes, long directBytes, long descriptors, long diskBytes) {
  /** Where files of shared memory are. */
  static final Path SHARED_MEMORY = Path.of(LinkConfiguration.DIRECTORY_ROOT_DEFAULT);

  /** Of this process now. */
  public static Resources now(Path nodeDirectory) {
    return new Resources(
        HostMemory.available(),
        free(SHARED_MEMORY),
        directLimit(),
        Descriptors.limit(),
        free(existing(nodeDirectory)));
  }

  /** With so much of shared memory, which is memory too, that is taken and can be had. */
  Resources plus(long bytes) {
    return new Resources(
        new HostMemory(plus(memory.bytes(), bytes), memory.from()),
        plus(sharedBytes, bytes),
        directBytes,
        descriptors,
        diskBytes);
  }

  private static long plus(long known, long bytes) {
    return known == Long.MAX_VALUE ? known : known + bytes;
  }

  private static Path existing(Path directory) {
    Path at = directory.toAbsolutePath().normalize();
    while (at.getParent() != null && !Files.exists(at)) {
      at = at.getParent();
    }
    return at;
  }

  private static long free(Path place) {
    try {
      return Files.getFileStore(place).getUsableSpace();
    } catch (IOException e) {
      throw new UserError(ExitCode.REFUSED, place + " cannot be used: " + e, e);
    }
  }

  private static long directLimit() {
    String given =
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
            .getVMOption("MaxDirectMemorySize")
            .getValue();
    return given.equals("0") ? Runtime.getRuntime().maxMemory() : Long.parseLong(given);
  }
}
