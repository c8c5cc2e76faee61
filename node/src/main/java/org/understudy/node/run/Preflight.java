package org.understudy.node.run;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.understudy.node.config.Endpoint;
import org.understudy.node.config.NodeConfig;
import org.understudy.node.config.Units;
import org.understudy.node.program.ExitCode;
import org.understudy.node.program.UserError;
import org.understudy.protocol.link.LinkConfiguration;

/** Finds what would make a node fail later, before anything starts; one line each. */
public final class Preflight {
  /** Heap, code and buffers of the JVM beside the guest's memory. */
  public static final long JVM_BYTES = 192L << 20;

  /**
   * Log buffers in shared memory: a term has three parts, and a node maps at most this many terms
   * (publications and images of both directions).
   */
  static final int TERMS_PER_NODE = 3 * 4;

  private static final Path SHARED_MEMORY = Path.of(LinkConfiguration.DIRECTORY_ROOT_DEFAULT);

  private Preflight() {}

  /** Checks ports, memory and shared memory. */
  public static void check(NodeConfig config) {
    tcp("self.monitor", config.self().monitor());
    if (!config.self().front().isNone()) {
      tcp("self.front", config.self().front());
    }
    udp("self.replication", config.self().replication());
    memory(neededBytes(config));
    if (config.wire().driver().isEmpty()) {
      sharedMemory(config, SHARED_MEMORY);
    }
  }

  /** Memory that the node will need: guest, shadow, staging, input log and the JVM itself. */
  public static long neededBytes(NodeConfig config) {
    long guest = config.guest().memoryBytes();
    long shadow = config.limits().shadowBytes();
    return guest
        + (shadow == NodeConfig.AUTO ? guest : Math.min(guest, shadow))
        + config.limits().stagingBytes()
        + config.limits().inputLogBytes()
        + JVM_BYTES;
  }

  /** Refuses if so many bytes are not available. */
  public static void memory(long neededBytes) {
    memory(neededBytes, availableBytes(Path.of("/proc/meminfo")));
  }

  static void memory(long needed, long available) {
    if (available < needed) {
      throw refused(
          "this needs "
              + Units.roughSize(needed)
              + " of memory and "
              + Units.roughSize(available)
              + " are available: lower guest.memory (demo: --memory), limits.staging or limits.shadow");
    }
  }

  /** MemAvailable of the kernel; everything if the kernel does not tell. */
  static long availableBytes(Path meminfo) {
    try {
      for (String line : Files.readAllLines(meminfo)) {
        if (line.startsWith("MemAvailable:")) {
          return Long.parseLong(line.replaceAll("\\D+", "")) << 10;
        }
      }
    } catch (IOException | NumberFormatException e) {
      // not Linux, or a container that hides it
    }
    return Long.MAX_VALUE;
  }

  private static void sharedMemory(NodeConfig config, Path shm) {
    long needed = TERMS_PER_NODE * config.wire().termLengthBytes();
    try {
      long free = Files.getFileStore(shm).getUsableSpace();
      if (free < needed) {
        throw refused(
            shm
                + " has "
                + Units.roughSize(free)
                + " free and the link needs "
                + Units.roughSize(needed)
                + ": enlarge it (mount -o remount,size=...) or lower aeron.termLength");
      }
    } catch (IOException e) {
      throw refused(shm + " cannot be used for the link's buffers: " + e);
    }
  }

  private static void tcp(String key, Endpoint endpoint) {
    // Bound, never listening: a client that tries this front again and again would be let in and
    // broken off at once.
    try (Socket socket = new Socket()) {
      socket.setReuseAddress(true);
      socket.bind(endpoint.address());
    } catch (IOException e) {
      throw used(key, endpoint, "tcp", e);
    }
  }

  private static void udp(String key, Endpoint endpoint) {
    try (DatagramSocket socket = new DatagramSocket((InetSocketAddress) null)) {
      socket.bind(endpoint.address());
    } catch (SocketException e) {
      throw used(key, endpoint, "udp", e);
    }
  }

  private static UserError used(String key, Endpoint endpoint, String kind, IOException e) {
    return refused(
        key
            + " = "
            + endpoint
            + " cannot be bound ("
            + e.getMessage()
            + "): stop what uses it ('ss -lp | grep "
            + endpoint.port()
            + "') or set another "
            + kind
            + " port");
  }

  private static UserError refused(String message) {
    return new UserError(ExitCode.REFUSED, message);
  }
}
