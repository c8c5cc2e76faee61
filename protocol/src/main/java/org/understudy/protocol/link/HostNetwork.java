package org.understudy.protocol.link;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What the host allows a link to ask for.
 *
 * @param receiveBufferMax most bytes of a socket's receive buffer ({@code net.core.rmem_max})
 * @param sendBufferMax most bytes of a socket's send buffer ({@code net.core.wmem_max})
 * @param cores processors that this JVM may use
 */
public record HostNetwork(int receiveBufferMax, int sendBufferMax, int cores) {
  /** What stock kernels allow; assumed where the limits cannot be read. */
  static final int STOCK_BUFFER_MAX = 212_992;

  private static final Path RMEM_MAX = Path.of("/proc/sys/net/core/rmem_max");
  private static final Path WMEM_MAX = Path.of("/proc/sys/net/core/wmem_max");

  /** Reads the limits of this host. */
  public static HostNetwork probe() {
    return new HostNetwork(
        read(RMEM_MAX), read(WMEM_MAX), Runtime.getRuntime().availableProcessors());
  }

  /** These files answer only the first read: it has to be one read with a large buffer. */
  private static int read(Path path) {
    try (BufferedReader reader = Files.newBufferedReader(path)) {
      long value = Long.parseLong(String.valueOf(reader.readLine()).trim());
      return (int) Math.min(value, Integer.MAX_VALUE);
    } catch (IOException | NumberFormatException e) {
      return STOCK_BUFFER_MAX;
    }
  }
}
