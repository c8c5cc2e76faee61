package org.understudy.node.run;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.checkpoint.memory.KeptMemory;
import org.understudy.checkpoint.memory.SharedMemoryFile;
import org.understudy.node.config.Endpoint;
import org.understudy.node.config.NodeConfig;
import org.understudy.node.config.Units;
import org.understudy.node.program.ExitCode;
import org.understudy.node.program.UserError;
import org.understudy.protocol.link.DriverDirectory;

/** Finds what would make a node fail later, before anything starts; one line each. */
public final class Preflight {
  /** Heap, code and buffers of the JVM beside the guest's memory. */
  public static final long JVM_BYTES = NodeBounds.JVM_BYTES;

  private static final Logger LOG = LoggerFactory.getLogger("understudy.node");

  private Preflight() {}

  /** Checks ports, memory and shared memory. */
  public static void check(NodeConfig config) {
    tcp("self.monitor", config.self().monitor());
    if (!config.self().front().isNone()) {
      tcp("self.front", config.self().front());
    }
    udp("self.replication", config.self().replication());
    budget(config);
  }

  /** After the clean-up: what a killed node left would be missing else, and it never come back. */
  private static void budget(NodeConfig config) {
    DriverDirectory.removeLeftovers(Resources.SHARED_MEMORY);
    SharedMemoryFile.removeLeftOvers().forEach(file -> LOG.info("removed {}, a leftover", file));
    Budget budget = Budget.of(config);
    Resources there = Resources.now(config.node().directory());
    LOG.info(budget.describe(there));
    try {
      // What may be the base of this node is taken already.
      budget.check(there.plus(KeptMemory.unheldBytes(config.guest().memoryBytes())));
    } catch (UserError tooLittle) {
      budget.check(there.plus(KeptMemory.unheldBytes())); // where that would not help it stays
      KeptMemory.removeAll().forEach(file -> LOG.info("memory is short: removed {}", file));
      budget.check(Resources.now(config.node().directory()));
    }
  }

  /** Refuses if so many bytes are not available. */
  public static void memory(long neededBytes) {
    memory(neededBytes, HostMemory.available().bytes());
  }

  static void memory(long needed, long available) {
    if (available < needed) {
      throw refused(
          "this needs "
              + Units.roughSize(needed)
              + " of memory and "
              + Units.roughSize(available)
              + " are available: lower guest.memory (demo: --memory), limits.staging, limits.inputLog or guest.valueLimit");
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
